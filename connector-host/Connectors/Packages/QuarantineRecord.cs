using ConnectorPlatform.Host.Connectors.Workers;

namespace ConnectorPlatform.Host.Connectors.Packages;

/// <summary>Keeps in the lock file which versions are in quarantine: a restart does not end it, and who lifts it in one process lifts it in all.</summary>
internal sealed class QuarantineRecord(InstalledConnectors installed)
{
    /// <summary>What is written of the package now, also by another process; null when nothing is.</summary>
    public QuarantinedPackage? Find(ConnectorPackage package)
    {
        installed.Refresh();
        return Locked(installed.Locked, package) is (var connector, { QuarantinedUntil: { } until } version)
            ? new(WorkerProcess.KeyOf(package), connector.Id, version.Version, until, version.QuarantineReason ?? "") { Advice = AdviceFor(connector, version) }
            : null;
    }

    /// <summary>Writes it down.</summary>
    /// <returns>Whether the package is installed; what is not is for its process to remember.</returns>
    public bool TryKeep(ConnectorPackage package, QuarantinedPackage entry)
    {
        try
        {
            return installed.Change(locked => Locked(locked, package) is (var connector, var version)
                ? (locked.With(connector.With(version with { QuarantinedUntil = entry.Until, QuarantineReason = entry.LastCrash })), true)
                : (locked, false));
        }
        catch (PlatformException)
        {
            // Another process holds the store: the crash is told all the same.
            return false;
        }
    }

    // Other bytes under the same version are another package, whose crashes nobody has seen.
    private (LockedConnector Connector, LockedVersion Version)? Locked(ConnectorsLock locked, ConnectorPackage package) =>
        locked.Find(package.Manifest.Id) is { } connector && connector.Find(package.Manifest.Version) is { } version
            && installed.FolderOf(connector.Id, version) == package.Folder
            ? (connector, version)
            : null;

    // Nothing is changed unasked: the version before may not know what DataSets ask of this one.
    private static string AdviceFor(LockedConnector connector, LockedVersion version)
    {
        var anew = $"\"connector approve {connector.Id} {version.Version}\" lets it run at once.";
        return connector.Active == version.Version && connector.Previous is { } previous && connector.Find(previous) is { IsUsable: true }
            ? $"\"connector rollback {connector.Id}\" goes back to {previous}, the last version that was active before; {anew}"
            : anew;
    }
}
