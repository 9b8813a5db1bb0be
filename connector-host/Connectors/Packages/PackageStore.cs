namespace ConnectorPlatform.Host.Connectors.Packages;

/// <summary>
/// The private copies that code is loaded from, <c>ID/VERSION-HASH/</c>: written once, then never changed, since a file that changes
/// under a process that has it mapped ends that process.
/// </summary>
internal sealed class PackageStore(string root)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly string _staging = Path.Combine(root, ".staging");

    /// <summary>Which copies have been checked.</summary>
    public string Checked => Path.Combine(root, ".checked");

    public string FolderOf(string id, string version, string sha256) => Path.Combine(root, id, $"{version}-{sha256[..12]}");

    /// <summary>Shuts out every other process that would change the store or its lock file.</summary>
    /// <exception cref="PlatformException">Another process has held it for half a minute.</exception>
    public IDisposable Enter()
    {
        Directory.CreateDirectory(_staging);
        FileStream? gate = null;
        return SpinWait.SpinUntil(() => (gate = TryHold(Path.Combine(root, ".gate"), FileMode.OpenOrCreate, FileAccess.ReadWrite)) is not null, LongestWait)
            ? gate!
            : throw new PlatformException(PlatformFault.Busy, $"Another process is changing the connectors in {root}; try again when it is done.");
    }

    /// <summary>An empty folder for a package that is being taken in; <see cref="Publish"/> or <see cref="Sweep"/> end it.</summary>
    public string Stage() => Directory.CreateDirectory(Path.Combine(_staging, Guid.NewGuid().ToString("N"))).FullName;

    /// <summary>Makes a staged package visible, all at once.</summary>
    public string Publish(string staged, string id, string version, string sha256)
    {
        var folder = FolderOf(id, version, sha256);
        if (Directory.Exists(folder))
        {
            // The same name with other bytes is a damaged copy: the staged one was hashed a moment ago.
            if (PackageFiles.Hash(folder) == sha256)
            {
                return folder;
            }

            Directory.Move(folder, Path.Combine(_staging, Guid.NewGuid().ToString("N")));
        }

        foreach (var (_, file) in PackageFiles.List(staged))
        {
            file.Attributes |= FileAttributes.ReadOnly;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        Directory.Move(staged, folder);
        return folder;
    }

    /// <summary>Keeps the package's folder from being deleted, by this or another process; a killed process lets go of it.</summary>
    /// <exception cref="PlatformException">It lies outside of the store, from where no code is loaded, or has been removed.</exception>
    public IDisposable Lease(string folder)
    {
        if (!Path.GetFullPath(folder).StartsWith(Path.GetFullPath(root) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new PlatformException(PlatformFault.Storage, $"The connector in {folder} is not installed; code is loaded from {root} alone.");
        }

        try
        {
            return new FileStream(Path.Combine(folder, ManifestReader.File), FileMode.Open, FileAccess.Read, FileShare.Read);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PlatformException(PlatformFault.Busy, $"The connector in {folder} has just been removed: try again with an installed version.", exception);
        }
    }

    /// <summary>Deletes a package unless something runs on it.</summary>
    public bool TryDelete(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return true;
        }

        var manifest = Path.Combine(folder, ManifestReader.File);
        using var hold = TryHold(manifest, FileMode.Open, FileAccess.Read);
        if (hold is null && File.Exists(manifest))
        {
            return false;
        }

        Directory.Move(folder, Path.Combine(_staging, Guid.NewGuid().ToString("N")));
        return true;
    }

    /// <summary>Deletes what an interrupted process left behind, and packages that are no longer wanted. Only for who has entered.</summary>
    /// <param name="wanted">The folders to keep.</param>
    public void Sweep(IReadOnlySet<string> wanted)
    {
        foreach (var folder in Directory.GetDirectories(root).Where(folder => folder != _staging).SelectMany(Directory.GetDirectories))
        {
            _ = wanted.Contains(folder) || TryDelete(folder);
        }

        foreach (var leftover in new DirectoryInfo(_staging).GetDirectories())
        {
            foreach (var file in leftover.EnumerateFiles("*", SearchOption.AllDirectories))
            {
                file.Attributes &= ~FileAttributes.ReadOnly;
            }

            leftover.Delete(recursive: true);
        }
    }

    private static FileStream? TryHold(string file, FileMode mode, FileAccess access)
    {
        try
        {
            return new FileStream(file, mode, access, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
