namespace ConnectorPlatform.Host.Connectors.Packages;

/// <summary>Gives a run the version that new runs take, and keeps it in the store until the run has ended, whatever is installed or removed meanwhile.</summary>
internal sealed class PackageLeases(ConnectorCatalog catalog, PackageStore store)
{
    /// <param name="id">The connector.</param>
    /// <param name="package">The version.</param>
    /// <returns>To be disposed of at the run's end.</returns>
    /// <exception cref="ConnectorNotFoundException">There is no usable version.</exception>
    /// <exception cref="PlatformException">It has just been removed, or is not installed.</exception>
    public IDisposable Take(string id, out ConnectorPackage package)
    {
        while (true)
        {
            package = catalog.Find(id);
            try
            {
                return store.Lease(package.Folder);
            }
            catch (PlatformException) when (catalog.Find(id).Folder != package.Folder)
            {
                // Another version has taken its place between the two steps.
            }
        }
    }
}
