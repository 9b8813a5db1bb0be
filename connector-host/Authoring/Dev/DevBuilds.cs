using System.Globalization;
using ConnectorPlatform.Host.Connectors;

namespace ConnectorPlatform.Host.Authoring.Dev;

/// <summary>What a project's last build came to.</summary>
/// <param name="Number">Counts the builds, failed ones too.</param>
/// <param name="Changed">The files whose change led to it; none for the first.</param>
/// <param name="Errors">None for a build that succeeded.</param>
/// <param name="Good">The last build that succeeded, which is the one that runs; null when none has.</param>
internal sealed record DevBuild(int Number, IReadOnlyList<string> Changed, IReadOnlyList<string> Errors, TimeSpan Took, GoodBuild? Good)
{
    /// <summary>What happened, in a line.</summary>
    public string Summary => string.Create(
        CultureInfo.InvariantCulture,
        $"Build {Number} {(Errors.Count == 0 ? $"of {Good!.Package.Manifest.Id} {Good.Package.Manifest.Version} succeeded" : "failed")} in {Took.TotalMilliseconds:0} ms.{Kept}");

    private string Kept => Errors.Count == 0 ? "" : Good is null ? " There is none to run yet." : $" Build {Good.Number} is still the one that runs.";
}

/// <summary>A package that was built.</summary>
internal sealed record GoodBuild(int Number, ConnectorPackage Package);

/// <summary>
/// Builds a project again whenever its files change, each time into a folder of its own: a loaded assembly is never overwritten, and the new one
/// is loaded beside it.
/// </summary>
internal sealed class DevBuilds : IDisposable
{
    private readonly string _project;
    private readonly ProjectBuild _build;
    private readonly SourceWatch _watch;
    private readonly string _folder = Directory.CreateTempSubdirectory("connector-dev-").FullName;
    private volatile DevBuild? _last;

    /// <exception cref="PlatformException">The folder holds no project.</exception>
    public DevBuilds(string folder, ProjectBuild build, TimeProvider time)
    {
        _project = ProjectBuild.ProjectIn(Path.GetFullPath(folder)) ?? throw new PlatformException(
            PlatformFault.Input, $"The folder {folder} holds no project file (*.csproj): give the folder of a connector's project.");
        _build = build;
        _watch = new SourceWatch(Path.GetDirectoryName(_project)!, time);
    }

    /// <summary>Null until the first build has ended.</summary>
    public DevBuild? Last => _last;

    public async Task<DevBuild> BuildAsync(IReadOnlyList<string> changed, CancellationToken cancellationToken)
    {
        var number = (_last?.Number ?? 0) + 1;
        var target = Path.Combine(_folder, number.ToString(CultureInfo.InvariantCulture));

        // Restoring takes longer than compiling, and only a change of the project asks for it.
        var restore = _last?.Good is null || changed.Any(file => Path.GetExtension(file) is ".csproj" or ".props" or ".targets" or ".config");
        var outcome = await _build.BuildAsync(_project, target, restore, cancellationToken).ConfigureAwait(false);
        return _last = new DevBuild(number, changed, outcome.Errors, outcome.Took, outcome.Package is { } package ? new GoodBuild(number, package) : _last?.Good);
    }

    /// <summary>Builds at once and at every change.</summary>
    /// <param name="changed">Is told of changed files before they are built.</param>
    /// <param name="built">Is told of each build.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task WatchAsync(Action<IReadOnlyList<string>> changed, Action<DevBuild> built, CancellationToken cancellationToken)
    {
        built(await BuildAsync([], cancellationToken).ConfigureAwait(false));
        while (true)
        {
            var files = await _watch.NextAsync(cancellationToken).ConfigureAwait(false);
            changed(files);
            built(await BuildAsync(files, cancellationToken).ConfigureAwait(false));
        }
    }

    public void Dispose()
    {
        _watch.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
