namespace ConnectorPlatform.Host.Connectors.Packages;

/// <summary>Lets the code of a package in the store show that it can be used, before anything relies on it.</summary>
/// <param name="store">Where the package lies.</param>
/// <param name="tryAsync">Loads it: why it cannot be used, or null.</param>
internal sealed class PackageTrial(PackageStore store, Func<ConnectorPackage, CancellationToken, Task<string?>> tryAsync)
{
    /// <returns>Why the package may not be used; null when nothing is against it.</returns>
    /// <exception cref="PlatformException">It has been removed, or no worker can be started.</exception>
    public async Task<string?> ObjectionToAsync(ConnectorPackage package, string sha256, CancellationToken cancellationToken)
    {
        using var lease = store.Lease(package.Folder);
        return await tryAsync(package, cancellationToken).ConfigureAwait(false)
            ?? (PackageFiles.Hash(package.Folder) == sha256 ? null : "When it was tried in a worker, it changed its own files.");
    }
}
