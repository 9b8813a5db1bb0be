namespace ConnectorPlatform.Host.Certification;

/// <summary>Files that appear or change in the folders where code writes without being told where: the working folder, the temporary one, the package.</summary>
internal sealed class FileTraces : IDisposable
{
    private const string TemporaryFolder = "TMPDIR";

    private readonly string _own = Directory.CreateTempSubdirectory("connector-certify-").FullName;
    private readonly string _package;
    private readonly HashSet<string> _before;
    private readonly string _workingBefore = Environment.CurrentDirectory;
    private readonly string? _temporaryBefore = Environment.GetEnvironmentVariable(TemporaryFolder);

    public FileTraces(string package)
    {
        (_package, _before) = (package, [.. Files(package)]);
        Environment.SetEnvironmentVariable(TemporaryFolder, _own);
        Environment.CurrentDirectory = _own;
    }

    /// <summary>The names of such files.</summary>
    public IReadOnlyList<string> Find() => [.. Files(_own).Concat(Files(_package).Except(_before)).Select(file => Path.GetFileName(file.Split('|')[0]))];

    public void Dispose()
    {
        Environment.CurrentDirectory = _workingBefore;
        Environment.SetEnvironmentVariable(TemporaryFolder, _temporaryBefore);
        Directory.Delete(_own, recursive: true);
    }

    private static IEnumerable<string> Files(string folder) => new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories)
        .Select(file => $"{file.FullName}|{file.Length}|{file.LastWriteTimeUtc.Ticks}");
}
