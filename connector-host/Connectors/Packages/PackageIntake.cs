namespace ConnectorPlatform.Host.Connectors.Packages;

internal enum SourceKind
{
    /// <summary>In a folder of the settings, which belongs to the host as its own files do.</summary>
    Configured,

    Dropped,

    /// <summary>Named on the command line.</summary>
    Given,
}

/// <summary>A folder or archive that holds, or should hold, one package.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Kind">How it came.</param>
/// <param name="Origin">Where it was before, when it lies at its path for the moment alone.</param>
internal sealed record PackageSource(string Path, SourceKind Kind, string? Origin = null);

/// <summary>Takes packages into the store: copies, hashes and checks them, and lets their code show in a trial that it can be loaded.</summary>
internal sealed class PackageIntake(
    InstalledConnectors installed,
    PackageStore store,
    UpgradeCheck check,
    PackageTrust trust,
    FormCheck checkForm,
    PackageTrial trial,
    TimeProvider time)
{
    /// <summary>Installs the package, or tells why not; what was installed before stays as it is.</summary>
    /// <param name="source">Where it is.</param>
    /// <param name="signature">The source's signature from before.</param>
    /// <param name="approvedBy">Who vouches for it.</param>
    /// <param name="cancellationToken">Ends the trial; nothing is installed then.</param>
    public async Task<SeenSource> TakeAsync(PackageSource source, string signature, string approvedBy, CancellationToken cancellationToken)
    {
        using var candidate = installed.Change(locked => (locked, Check(locked, source, signature)));
        var failure = candidate.NeedsTrial
            ? await trial.ObjectionToAsync(candidate.Package!, candidate.Seen.Sha256!, cancellationToken).ConfigureAwait(false)
            : null;
        var objections = failure is null && TakesAPlace(candidate) ? await check(candidate.Package!, cancellationToken).ConfigureAwait(false) : null;
        return installed.Change(locked =>
        {
            // From here on nobody else can enter and sweep it.
            candidate.Dispose();
            var seen = failure is not null
                ? candidate.Seen with { IsTried = true, Problems = [new("", "", failure)] }
                : candidate.Seen with { Problems = ProblemsNow(locked, source, candidate) };
            var changed = seen.Problems.Count > 0 ? locked : locked.With(Add(locked.Find(seen.Id!), candidate, approvedBy, objections));
            return (source.Kind == SourceKind.Given ? changed : changed.With(seen), seen);
        });
    }

    private Candidate Check(ConnectorsLock locked, PackageSource source, string signature)
    {
        var seen = new SeenSource { Path = source.Origin ?? source.Path, Signature = signature, SeenAt = time.GetUtcNow() };
        try
        {
            var staged = store.Stage();
            Fetch(source.Path, staged);
            seen = seen with { Sha256 = PackageFiles.Hash(staged) };
            var (package, broken) = new PackageReader(staged, checkForm, source.Path).Read();
            seen = seen with { Id = package?.Manifest.Id ?? broken!.Id, Version = package?.Manifest.Version ?? broken!.Version };
            var objection = package is null ? null : ObjectionTo(package, locked, source, seen) ?? trust.ObjectionTo(staged, seen.Id!, seen.Version!, seen.Sha256);
            if (package is null || objection is not null)
            {
                return new(seen with { Problems = broken?.Problems ?? [objection!] });
            }

            var folder = store.Publish(staged, seen.Id!, seen.Version!, seen.Sha256);
            return new(seen, package with { Folder = folder }, store.Lease(folder))
            {
                WiderHosts = WiderHosts(locked.Find(seen.Id!), package.Manifest),
                IsNew = locked.Find(seen.Id!)?.Find(seen.Version!)?.Sha256 != seen.Sha256,
                ComesWithHost = source.Kind == SourceKind.Configured && locked.Find(seen.Id!)?.Active is null,
            };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return new(seen with { Problems = [new("", "", exception.Message)] });
        }
    }

    // Asked after the trial, in which time another version may have become active.
    private bool TakesAPlace(Candidate candidate) =>
        candidate is { Package.Manifest: { } manifest, IsNew: true, WiderHosts.Count: 0 }
        && installed.Locked.Find(manifest.Id) is { } known && Activation.TakesAPlace(known, manifest.Version) && WiderHosts(known, manifest).Count == 0;

    private static IReadOnlyList<PackageProblem> ProblemsNow(ConnectorsLock locked, PackageSource source, Candidate candidate)
    {
        if (candidate.Package is not { } package)
        {
            return candidate.Seen.Problems;
        }

        return ObjectionTo(package, locked, source, candidate.Seen) is { } objection ? [objection] : [];
    }

    private static void Fetch(string source, string staged)
    {
        if (!File.Exists(source))
        {
            PackageFiles.Copy(source, staged);
            return;
        }

        try
        {
            PackageArchive.Extract(source, staged);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"The archive cannot be unpacked: {exception.Message}", exception);
        }
    }

    private static PackageProblem? ObjectionTo(ConnectorPackage package, ConnectorsLock locked, PackageSource source, SeenSource seen)
    {
        var twin = locked.Find(package.Manifest.Id)?.Versions.FirstOrDefault(version =>
            SemanticVersion.Parse(version.Version).CompareTo(SemanticVersion.Parse(package.Manifest.Version)) == 0);

        // A host that is built anew brings its own connectors anew, often without another version.
        var isRenewed = source.Kind == SourceKind.Configured && twin?.Version == package.Manifest.Version
            && (twin.Source == source.Path || !Path.Exists(twin.Source));
        return twin is null || twin.Sha256 == seen.Sha256 || isRenewed
            ? null
            : new(ManifestReader.File, "/version",
                $"{package.Manifest.Id} {twin.Version} is installed with other bytes (from {twin.Source}, SHA-256 {twin.Sha256[..12]}, these have {seen.Sha256![..12]}): "
                + "a version never changes, so give this one another version.");
    }

    private static LockedConnector Add(LockedConnector? known, Candidate candidate, string approvedBy, IReadOnlyList<string>? objections)
    {
        var (package, seen) = (candidate.Package!, candidate.Seen);
        var connector = known ?? new LockedConnector { Id = package.Manifest.Id };
        if (connector.Find(package.Manifest.Version) is { } same && same.Sha256 == seen.Sha256)
        {
            return connector;
        }

        // Also what was wider when it was looked at: it has not been tried.
        var wider = candidate.WiderHosts.Union(WiderHosts(known, package.Manifest)).ToList();
        var version = new LockedVersion
        {
            Version = package.Manifest.Version,
            Sha256 = seen.Sha256!,
            Contract = package.Manifest.Contract,
            Source = seen.Path,
            FirstSeen = seen.SeenAt,
            AllowedHosts = HostsOf(package.Manifest),
            ApprovedBy = wider.Count == 0 ? approvedBy : null,
            Reason = wider.Count == 0
                ? null
                : $"Waits for approval: it may also reach {string.Join(", ", wider)}, which no approved version could. Approve it with \"connector approve {connector.Id} {package.Manifest.Version}\".",
            IsTried = candidate.NeedsTrial,
        };
        return Activation.Prefer(connector.With(version), package, objections);
    }

    /// <summary>The hosts that no approved version could reach; none for a connector's first version, and for one that is built anew under its version.</summary>
    private static IReadOnlyList<string> WiderHosts(LockedConnector? known, ConnectorManifest manifest)
    {
        var approved = known?.Versions.Where(other => other.IsUsable).ToList() ?? [];
        return approved.Count == 0 || approved.Exists(other => other.Version == manifest.Version)
            ? []
            : [.. HostsOf(manifest).Except(approved.SelectMany(other => other.AllowedHosts))];
    }

    private static IReadOnlyList<string> HostsOf(ConnectorManifest manifest) =>
        manifest.Http.AllowedHosts.Count > 0 ? manifest.Http.AllowedHosts : [manifest.Http.BaseAddress.Host];

    /// <summary>A package that lies in the store and is not installed yet, or why it cannot be.</summary>
    private sealed record Candidate(SeenSource Seen, ConnectorPackage? Package = null, IDisposable? Lease = null) : IDisposable
    {
        public IReadOnlyList<string> WiderHosts { get; init; } = [];

        public bool IsNew { get; init; }

        /// <summary>Whether there is nothing yet that it could take the place of, and a start that waits for it.</summary>
        public bool ComesWithHost { get; init; }

        /// <summary>None of the code that waits for approval may run.</summary>
        public bool NeedsTrial => IsNew && !ComesWithHost && WiderHosts.Count == 0;

        public void Dispose() => Lease?.Dispose();
    }
}
