namespace ConnectorPlatform.Host.Connectors.Packages;

/// <summary>
/// Looks for packages that are new or have changed, and takes them in once they have come to rest: a copy under way would be half a package.
/// </summary>
/// <param name="configured">The folders of the settings.</param>
/// <param name="drop">The folder into which an operator drops packages.</param>
internal sealed class SourceScan(IReadOnlyList<string> configured, string drop, InstalledConnectors installed, PackageIntake intake, TimeProvider time)
{
    /// <summary>How long nothing in a package must change before it is taken in.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (string Signature, long Since)> _moving = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Task> _onTrial = new(StringComparer.Ordinal);

    public string Drop { get; } = drop;

    /// <summary>Brings the store up to date before anything uses it: what came with the host at once, what was dropped when it is at rest.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (Scan(isStart: true))
        {
            await RestAsync(cancellationToken).ConfigureAwait(false);
            Scan();
        }

        await TrialsAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits until what has been seen is at rest by the clock that tells; a timer may come a moment earlier.</summary>
    private async Task RestAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (Quiet - time.GetElapsedTime(began) is var rest && rest > TimeSpan.Zero)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(rest.TotalMilliseconds)), time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Ends when what is on trial now is installed or refused.</summary>
    public Task TrialsAsync()
    {
        lock (_lock)
        {
            return Task.WhenAll(_onTrial.Values);
        }
    }

    /// <returns>Whether something new is not at rest yet: look again soon.</returns>
    public bool Scan() => Scan(isStart: false);

    private bool Scan(bool isStart)
    {
        lock (_lock)
        {
            EndTrials();
            installed.Refresh();
            Directory.CreateDirectory(Drop);
            var unreadable = new List<BrokenPackage>();
            var sources = Sources(unreadable);
            foreach (var source in sources)
            {
                Look(source, isStart);
            }

            EndTrials();
            foreach (var gone in _moving.Keys.Except(sources.Select(source => source.Path)).ToList())
            {
                _moving.Remove(gone);
            }

            Record(unreadable, [.. sources.Select(source => source.Path), .. unreadable.Select(folder => folder.Folder)]);
            return _moving.Count > 0;
        }
    }

    /// <exception cref="PlatformException">One could not be ended, and is begun anew.</exception>
    private void EndTrials()
    {
        foreach (var (path, trial) in _onTrial.Where(entry => entry.Value.IsCompleted).ToList())
        {
            _onTrial.Remove(path);
            trial.GetAwaiter().GetResult();
        }
    }

    private List<PackageSource> Sources(List<BrokenPackage> unreadable) =>
    [
        .. configured.Select(Path.GetFullPath).Distinct().SelectMany(folder => ConnectorCatalog.PackageFolders(folder, unreadable))
            .Select(folder => new PackageSource(folder, SourceKind.Configured)),
        .. DroppedFolders(unreadable).Concat(Directory.GetFiles(Drop, $"*{PackageArchive.Extension}").Where(file => !Path.GetFileName(file).StartsWith('.')))
            .Order(StringComparer.Ordinal)
            .Select(path => new PackageSource(path, SourceKind.Dropped)),
    ];

    // A folder that holds no package at all is one that somebody expects to be a package: it is looked at, and refused with the reason.
    private IEnumerable<string> DroppedFolders(List<BrokenPackage> unreadable) =>
        ConnectorCatalog.Children(Drop, unreadable).SelectMany(child =>
            ConnectorCatalog.PackageFolders(child, unreadable) is { Count: > 0 } packages ? packages : [child]);

    // Settings may have changed before a start, and with them the answer to what was refused.
    private void Look(PackageSource source, bool isStart)
    {
        if (_onTrial.ContainsKey(source.Path) || SignatureOf(source.Path) is not { } signature)
        {
            return;
        }

        if (installed.Locked.Sources.Any(seen => seen.Path == source.Path && seen.Signature == signature && (!isStart || seen.Problems.Count == 0 || seen.IsTried)))
        {
            _moving.Remove(source.Path);
        }
        else if ((isStart && source.Kind == SourceKind.Configured) || (_moving.TryGetValue(source.Path, out var moving) && moving.Signature == signature && time.GetElapsedTime(moving.Since) >= Quiet))
        {
            _onTrial[source.Path] = intake.TakeAsync(source, signature, source.Kind == SourceKind.Configured ? "settings" : "first use", CancellationToken.None);
            _moving.Remove(source.Path);
        }
        else if (moving.Signature != signature)
        {
            _moving[source.Path] = (signature, time.GetTimestamp());
        }
    }

    /// <summary>Null when the source is gone since it was listed.</summary>
    private static string? SignatureOf(string path)
    {
        try
        {
            return PackageFiles.Signature(path);
        }
        catch (InvalidDataException exception)
        {
            return exception.Message;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // What is gone from its source stays installed; only the refusal is forgotten.
    private void Record(List<BrokenPackage> unreadable, HashSet<string> present)
    {
        var news = unreadable.Where(folder => !installed.Locked.Sources.Any(seen => seen.Path == folder.Folder && seen.Signature == folder.Problems[0].Message)).ToList();
        if (news.Count == 0 && installed.Locked.Sources.All(seen => present.Contains(seen.Path)))
        {
            return;
        }

        installed.Change(locked => (news.Aggregate(
            locked with { Sources = [.. locked.Sources.Where(seen => present.Contains(seen.Path))] },
            (all, folder) => all.With(new SeenSource { Path = folder.Folder, Signature = folder.Problems[0].Message, SeenAt = time.GetUtcNow(), Problems = folder.Problems })), true));
    }
}
