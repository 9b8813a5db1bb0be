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
/// <param name="tryAsync">The trial: why a package's code cannot be used, or null.</param>
internal sealed class PackageIntake(
    InstalledConnectors installed,
    PackageStore store,
    UpgradeCheck check,
    PackageTrust trust,
    FormCheck checkForm,
    Func<ConnectorPackage, CancellationToken, Task<string?>> tryAsync,
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
        var failure = candidate.NeedsTrial ? await tryAsync(candidate.Package!, cancellationToken).ConfigureAwait(false) : null;
        var objections = failure is null && TakesAPlace(candidate) ? await check(candidate.Package!, cancellationToken).ConfigureAwait(false) : null;
        return installed.Change(locked =>
        {
            // From here on nobody else can enter and sweep it.
            candidate.Dispose();
            var seen = failure is not null
                ? candidate.Seen with { IsTried = true, Problems = [new("", "", failure)] }
                : candidate.Seen with { Problems = ProblemsNow(locked, source, candidate) };
            var changed = seen.Problems.Count > 0 ? locked : locked.With(Add(locked.Find(seen.Id!), candidate.Package!, seen, approvedBy, objections));
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
            return new(seen, package with { Folder = folder }, NeedsTrial(locked.Find(seen.Id!), source, seen), store.Lease(folder));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return new(seen with { Problems = [new("", "", exception.Message)] });
        }
    }

    // What comes with the host is started without: there is nothing yet that it could take the place of.
    private static bool NeedsTrial(LockedConnector? known, PackageSource source, SeenSource seen) =>
        known?.Find(seen.Version!)?.Sha256 != seen.Sha256 && (source.Kind != SourceKind.Configured || known?.Active is not null);

    // Asked after the trial, in which time another version may have become active.
    private bool TakesAPlace(Candidate candidate) =>
        candidate.Package is { Manifest: { } manifest } && installed.Locked.Find(manifest.Id) is { } known
        && Activation.TakesAPlace(known, manifest.Version) && WiderHosts(known, manifest).Count == 0;

    private static IReadOnlyList<PackageProblem> ProblemsNow(ConnectorsLock locked, PackageSource source, Candidate candidate)
    {
        if (candidate.Package is not { } package)
        {
            return candidate.Seen.Problems;
        }

        if (candidate.NeedsTrial && PackageFiles.Hash(package.Folder) != candidate.Seen.Sha256)
        {
            return [new("", "", "When it was tried in a worker, it changed its own files.")];
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

    private static LockedConnector Add(LockedConnector? known, ConnectorPackage package, SeenSource seen, string approvedBy, IReadOnlyList<string>? objections)
    {
        var connector = known ?? new LockedConnector { Id = package.Manifest.Id };
        if (connector.Find(package.Manifest.Version) is { } same && same.Sha256 == seen.Sha256)
        {
            return connector;
        }

        var version = new LockedVersion
        {
            Version = package.Manifest.Version,
            Sha256 = seen.Sha256!,
            Contract = package.Manifest.Contract,
            Source = seen.Path,
            FirstSeen = seen.SeenAt,
            AllowedHosts = HostsOf(package.Manifest),
            ApprovedBy = approvedBy,
        };
        if (WiderHosts(connector, package.Manifest) is { Count: > 0 } wider)
        {
            version = version with
            {
                ApprovedBy = null,
                Reason = $"Waits for approval: it may also reach {string.Join(", ", wider)}, which no approved version could. Approve it with \"connector approve {connector.Id} {version.Version}\".",
            };
        }

        return Activation.Prefer(connector.With(version), package, objections);
    }

    /// <summary>The hosts that a new version may reach and that no approved one could.</summary>
    private static List<string> WiderHosts(LockedConnector connector, ConnectorManifest manifest)
    {
        var approved = connector.Versions.Where(other => other.ApprovedBy is not null).SelectMany(other => other.AllowedHosts).ToHashSet();
        return approved.Count > 0 && connector.Find(manifest.Version) is null ? [.. HostsOf(manifest).Where(host => !approved.Contains(host))] : [];
    }

    private static IReadOnlyList<string> HostsOf(ConnectorManifest manifest) =>
        manifest.Http.AllowedHosts.Count > 0 ? manifest.Http.AllowedHosts : [manifest.Http.BaseAddress.Host];

    /// <summary>A package that lies in the store and is not installed yet, or why it cannot be.</summary>
    private sealed record Candidate(SeenSource Seen, ConnectorPackage? Package = null, bool NeedsTrial = false, IDisposable? Lease = null) : IDisposable
    {
        public void Dispose() => Lease?.Dispose();
    }
}
