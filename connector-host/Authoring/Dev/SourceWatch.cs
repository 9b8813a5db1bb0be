namespace ConnectorPlatform.Host.Authoring.Dev;

/// <summary>
/// Notices when a project's files change. The file system's own notices only hasten the next look: some file systems send none, and some editors
/// save in many steps.
/// </summary>
internal sealed class SourceWatch : IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);
    private static readonly string[] MadeByBuilds = ["bin", "obj", "artifacts"];

    private static readonly string[] HalfSaved = ["~", ".tmp", ".swp", ".partial"];

    private readonly string _folder;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _hint = new(0, 1);
    private readonly FileSystemWatcher? _watcher;
    private Dictionary<string, (long Length, DateTime WrittenAt)> _known;

    public SourceWatch(string folder, TimeProvider time)
    {
        (_folder, _time) = (folder, time);
        _known = Look();
        try
        {
            _watcher = new FileSystemWatcher(folder) { IncludeSubdirectories = true };
            _watcher.Changed += (_, _) => Hasten();
            _watcher.Created += (_, _) => Hasten();
            _watcher.Deleted += (_, _) => Hasten();
            _watcher.Renamed += (_, _) => Hasten();
            _watcher.EnableRaisingEvents = true;
        }
        catch (IOException)
        {
            // The system has no notices left to give; the looks go on without them.
            _watcher?.Dispose();
            _watcher = null;
        }
    }

    /// <summary>Waits until files have changed, and then until they are at rest.</summary>
    /// <returns>The changed, new and deleted files, relative to the folder.</returns>
    public async Task<IReadOnlyList<string>> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _hint.WaitAsync(Poll, cancellationToken).ConfigureAwait(false);
            var now = Look();
            if (Differences(_known, now).Count == 0)
            {
                continue;
            }

            Dictionary<string, (long Length, DateTime WrittenAt)> before;
            do
            {
                before = now;
                await Task.Delay(Quiet, _time, cancellationToken).ConfigureAwait(false);
                now = Look();
            }
            while (Differences(before, now).Count > 0);

            var changed = Differences(_known, now);
            _known = now;
            if (changed.Count > 0)
            {
                return changed;
            }
        }
    }

    public void Dispose()
    {
        _watcher?.Dispose();
        _hint.Dispose();
    }

    private void Hasten()
    {
        try
        {
            if (_hint.CurrentCount == 0)
            {
                _hint.Release();
            }
        }
        catch (Exception exception) when (exception is SemaphoreFullException or ObjectDisposedException)
        {
            // Another notice came first, or the watch has ended.
        }
    }

    private Dictionary<string, (long Length, DateTime WrittenAt)> Look()
    {
        var found = new Dictionary<string, (long Length, DateTime WrittenAt)>();
        foreach (var file in new DirectoryInfo(_folder).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true }))
        {
            var path = Path.GetRelativePath(_folder, file.FullName);
            if (IsSource(path) && file.Exists)
            {
                found[path] = (file.Length, file.LastWriteTimeUtc);
            }
        }

        return found;
    }

    private static bool IsSource(string path)
    {
        var parts = path.Split(Path.DirectorySeparatorChar);
        return !MadeByBuilds.Contains(parts[0])
            && !parts.Any(part => part.StartsWith('.'))
            && !HalfSaved.Any(ending => path.EndsWith(ending, StringComparison.Ordinal));
    }

    private static List<string> Differences(
        Dictionary<string, (long Length, DateTime WrittenAt)> before, Dictionary<string, (long Length, DateTime WrittenAt)> after) =>
        [.. before.Keys.Union(after.Keys)
            .Where(path => !before.TryGetValue(path, out var was) || !after.TryGetValue(path, out var isNow) || was != isNow)
            .Order(StringComparer.Ordinal)];
}
