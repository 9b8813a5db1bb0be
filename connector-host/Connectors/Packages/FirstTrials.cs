namespace ConnectorPlatform.Host.Connectors.Packages;

/// <summary>
/// Tries what came with the host and was listed without a trial: a start that waited for it would take longer with every connector,
/// and as long as the slowest constructor. What fails is no longer used and says why.
/// </summary>
internal sealed class FirstTrials(InstalledConnectors installed, PackageTrial trial)
{
    private readonly HashSet<string> _postponed = [];

    /// <summary>Tries one after the other, so that the first runs have the processor; ends when all that are installed now have been tried.</summary>
    public async Task TryAsync(CancellationToken cancellationToken)
    {
        foreach (var (package, version) in Due())
        {
            try
            {
                // It is in use: what is only slow, on a machine that is busy with its own start, has a second chance.
                var objection = await trial.ObjectionToAsync(package, version.Sha256, cancellationToken).ConfigureAwait(false) is null
                    ? null
                    : await trial.ObjectionToAsync(package, version.Sha256, cancellationToken).ConfigureAwait(false);
                installed.Change(locked => (Tried(locked, package.Manifest.Id, version, objection), true));
            }
            catch (Exception exception) when (exception is PlatformException or IOException or UnauthorizedAccessException)
            {
                // It has just been removed or cannot be read, or the platform has no worker for it: the next start tries it.
                _postponed.Add(package.Folder);
            }
        }
    }

    private List<(ConnectorPackage Package, LockedVersion Version)> Due() =>
    [
        .. from package in installed.Content.Packages
           let version = installed.Locked.Find(package.Manifest.Id)?.Find(package.Manifest.Version)
           where version is { IsTried: false, QuarantinedUntil: null } && !_postponed.Contains(package.Folder)
           select (package, version),
    ];

    private static ConnectorsLock Tried(ConnectorsLock locked, string id, LockedVersion tried, string? objection)
    {
        var connector = locked.Find(id);
        return connector?.Find(tried.Version) is { } now && now.Sha256 == tried.Sha256
            ? locked.With(connector.With(objection is null
                ? now with { IsTried = true }
                : now with { IsTried = true, ApprovedBy = null, Reason = $"{objection} \"connector approve {id} {now.Version}\" tries it again." }))
            : locked;
    }
}
