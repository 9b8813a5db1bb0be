namespace ConnectorPlatform.Host.Connectors.Packages;

/// <summary>What an operator decides about installed connectors. New runs follow at once; running ones finish on their version.</summary>
/// <param name="onlyTells">Whether everything answers as if it were done, and nothing is.</param>
internal sealed class ConnectorChoices(InstalledConnectors installed, UpgradeCheck check, bool onlyTells = false)
{
    /// <summary>Whether nothing is changed.</summary>
    public bool OnlyTells { get; } = onlyTells;

    /// <exception cref="PlatformException">There is no such connector or version.</exception>
    public LockedConnector Get(string id, string? version = null) => Get(installed.Locked, id, version);

    /// <summary>Makes new runs take a version, also when a higher one is installed later.</summary>
    /// <param name="id">The connector.</param>
    /// <param name="version">The version; null for the highest, which from then on gives way to higher ones.</param>
    /// <param name="who">Who chose.</param>
    /// <param name="force">Also when DataSets become invalid.</param>
    /// <param name="cancellationToken">Ends the look at the DataSets; nothing is changed then.</param>
    /// <exception cref="PlatformException">The version may not be used, or DataSets would become invalid.</exception>
    public async Task<LockedConnector> ActivateAsync(string id, string? version, string who, bool force, CancellationToken cancellationToken)
    {
        var package = installed.Package(id, Usable(Get(id, version), version));
        var objections = force ? [] : await check(package, cancellationToken).ConfigureAwait(false);
        return Change(id, package.Manifest.Version, connector =>
        {
            var chosen = Usable(connector, package.Manifest.Version);
            Activation.Require(package, objections);
            return connector.With(chosen with { Reason = null }).Activated(chosen.Version, version is null ? null : who);
        });
    }

    /// <summary>Goes back to the version that was active before.</summary>
    /// <exception cref="PlatformException">There is none, or DataSets would become invalid.</exception>
    public Task<LockedConnector> RollbackAsync(string id, string who, bool force, CancellationToken cancellationToken) =>
        Get(id).Previous is { } previous && Get(id).Find(previous) is not null
            ? ActivateAsync(id, previous, who, force, cancellationToken)
            : throw new PlatformException(PlatformFault.Input, $"No installed version of {id} was active before {Get(id).Active}.");

    public LockedConnector Disable(string id) => Change(id, null, connector => connector with { IsDisabled = true });

    public LockedConnector Enable(string id) => Change(id, null, connector => connector with { IsDisabled = false });

    /// <summary>
    /// Allows a version, which <see cref="Approval"/> has tried; it becomes active when it is the highest and nobody has chosen another.
    /// A quarantine is lifted.
    /// </summary>
    public async Task<LockedConnector> ApproveAsync(string id, LockedVersion tried, string who, CancellationToken cancellationToken)
    {
        var package = installed.Package(id, tried);

        // Who only asks lets no code run that is not approved.
        var objections = !tried.IsUsable && OnlyTells ? []
            : Activation.TakesAPlace(Get(id), tried.Version) ? await check(package, cancellationToken).ConfigureAwait(false)
            : null;
        return Change(id, tried.Version, connector =>
        {
            if (connector.Find(tried.Version)!.Sha256 != tried.Sha256)
            {
                throw new PlatformException(PlatformFault.Busy, $"{id} {tried.Version} has just got other bytes: look at it again with \"connector show {id}\".");
            }

            var approved = connector.Find(tried.Version)! with { ApprovedBy = who, IsTried = true, Reason = null, QuarantinedUntil = null, QuarantineReason = null };
            return Activation.Prefer(connector.With(approved), package, objections);
        });
    }

    /// <summary>Uninstalls a version, or all; files go when nothing runs on them any more.</summary>
    /// <exception cref="PlatformException">The version is active.</exception>
    public LockedConnector Remove(string id, string? version) => Change(id, version, connector =>
    {
        if (version is not null && version == connector.Active && connector.Versions.Count > 1)
        {
            throw new PlatformException(PlatformFault.Input, $"{id} {version} is active; activate another version first.");
        }

        return connector with { Versions = [.. connector.Versions.Where(other => version is not null && other.Version != version)] };
    });

    /// <summary>Compares the store's copies with the hashes of the lock file.</summary>
    /// <returns>The versions whose bytes differ or are gone.</returns>
    public IReadOnlyList<string> Verify(string id) =>
    [
        .. Get(id).Versions
            .Where(version => !Directory.Exists(installed.FolderOf(id, version)) || PackageFiles.Hash(installed.FolderOf(id, version)) != version.Sha256)
            .Select(version => version.Version),
    ];

    private static LockedVersion Usable(LockedConnector connector, string? version)
    {
        var chosen = (version is null ? connector.Versions.FirstOrDefault(other => other.IsUsable) : connector.Find(version))
            ?? throw new PlatformException(PlatformFault.Input, $"No version of {connector.Id} may be used; see \"connector show {connector.Id}\".");
        return chosen.IsUsable ? chosen : throw new PlatformException(PlatformFault.Input, $"{connector.Id} {chosen.Version} may not be used. {chosen.Reason}");
    }

    private LockedConnector Change(string id, string? version, Func<LockedConnector, LockedConnector> change) => installed.Change(locked =>
    {
        var changed = change(Get(locked, id, version));
        return (OnlyTells ? locked : locked.With(changed), changed);
    });

    private static LockedConnector Get(ConnectorsLock locked, string id, string? version)
    {
        var connector = locked.Find(id)
            ?? throw new PlatformException(PlatformFault.NotFound, $"No connector \"{id}\" is installed; \"connector list\" tells which are.");
        return version is null || connector.Find(version) is not null
            ? connector
            : throw new PlatformException(PlatformFault.NotFound,
                $"Connector \"{id}\" has no version {version}; installed are {string.Join(", ", connector.Versions.Select(other => other.Version))}.");
    }
}
