namespace ConnectorPlatform.Host.Web.Site;

/// <summary>
/// The files of the pages (templates, sheets, scripts, pictures): embedded in the host, or, with the setting <c>Web:Sources</c>,
/// read anew from the named <c>Web</c> folder at every use, for who edits them.
/// </summary>
internal sealed class SiteFiles
{
    private const string Prefix = "web/";

    private readonly string? _sources;
    private readonly Dictionary<string, string> _embedded = [];

    /// <exception cref="PlatformException">The named folder is none.</exception>
    public SiteFiles(IConfiguration configuration)
    {
        _sources = configuration["Web:Sources"];
        if (_sources is not null && !Directory.Exists(_sources))
        {
            throw new PlatformException(PlatformFault.Input, $"The setting Web:Sources names \"{_sources}\", which is no folder.");
        }

        foreach (var resource in typeof(SiteFiles).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            _embedded[resource[Prefix.Length..].Replace('\\', '/')] = resource;
        }
    }

    public bool AreSources => _sources is not null;

    /// <summary>Paths below <c>Web</c>, with slashes, in the order of their names, those of the frame first.</summary>
    public IEnumerable<string> Named(string ending) => _embedded.Keys
        .Where(path => path.EndsWith(ending, StringComparison.Ordinal))
        .OrderBy(path => !path.StartsWith("Site/", StringComparison.Ordinal))
        .ThenBy(path => path, StringComparer.Ordinal);

    public string ReadText(string path)
    {
        if (_sources is not null && Path.Combine(_sources, path) is var file && File.Exists(file))
        {
            return File.ReadAllText(file);
        }

        using var reader = new StreamReader(typeof(SiteFiles).Assembly.GetManifestResourceStream(_embedded[path])!);
        return reader.ReadToEnd();
    }
}
