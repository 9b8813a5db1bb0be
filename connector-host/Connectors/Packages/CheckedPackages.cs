namespace ConnectorPlatform.Host.Connectors.Packages;

/// <summary>
/// Remembers which copies in the store this build has found whole. Checking them, above all their forms, is most of what a start would
/// cost; a copy in which a path, a size or a time has changed since is checked anew, and so is every one by another build.
/// </summary>
/// <param name="file">Where it is kept; without it everything is checked once more.</param>
internal sealed class CheckedPackages(string file)
{
    private static readonly string Build = typeof(CheckedPackages).Module.ModuleVersionId.ToString("N");

    private readonly Dictionary<string, string> _signatures = Read(file);
    private bool _isChanged;

    public bool Contains(string folder) => _signatures.TryGetValue(folder, out var signature) && SignatureOf(folder) == signature;

    public void Add(string folder)
    {
        if (SignatureOf(folder) is { } signature)
        {
            _signatures[folder] = signature;
            _isChanged = true;
        }
    }

    /// <summary>Writes down what is new. Only for who has entered the store.</summary>
    /// <param name="wanted">The folders that are installed.</param>
    public void Save(IReadOnlySet<string> wanted)
    {
        if (_isChanged)
        {
            File.WriteAllLines(file, [Build, .. _signatures.Where(entry => wanted.Contains(entry.Key)).Select(entry => $"{entry.Value} {entry.Key}")]);
            _isChanged = false;
        }
    }

    private static string? SignatureOf(string folder)
    {
        try
        {
            return PackageFiles.Signature(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return null;
        }
    }

    private static Dictionary<string, string> Read(string file) => File.Exists(file) && File.ReadAllLines(file) is [var build, .. var entries] && build == Build
        ? entries.Select(entry => entry.Split(' ', 2)).Where(entry => entry.Length == 2).ToDictionary(entry => entry[1], entry => entry[0])
        : [];
}
