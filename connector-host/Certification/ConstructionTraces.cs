using System.Collections.Concurrent;
using System.Diagnostics.Tracing;

namespace ConnectorPlatform.Host.Certification;

/// <summary>
/// Watches what code does to the outside while it runs: connections and name lookups, files in the folders where code writes
/// without being told where (the working folder, the temporary folder, the package), and handles that stay open.
/// </summary>
internal sealed class ConstructionTraces : IDisposable
{
    private const string TemporaryFolder = "TMPDIR";

    private readonly NetworkListener _network = new();
    private readonly string _private = Directory.CreateTempSubdirectory("connector-certify-").FullName;
    private readonly string _package;
    private readonly string _workingFolder = Environment.CurrentDirectory;
    private readonly string? _temporaryFolder = Environment.GetEnvironmentVariable(TemporaryFolder);
    private readonly HashSet<string> _packageFiles;
    private readonly HashSet<string> _handles;

    public ConstructionTraces(string package)
    {
        _package = package;
        _packageFiles = Files(package);
        _handles = Handles();
        Environment.SetEnvironmentVariable(TemporaryFolder, _private);
        Environment.CurrentDirectory = _private;
    }

    public IReadOnlyList<string> Find()
    {
        var found = new List<string>();
        if (!_network.Seen.IsEmpty)
        {
            found.Add($"opened a connection ({string.Join(", ", _network.Seen.Distinct())})");
        }

        found.AddRange(Files(_private).Select(file => $"wrote {Path.GetRelativePath(_private, file.Split('|')[0])}"));
        found.AddRange(Files(_package).Except(_packageFiles).Select(file => $"changed {Path.GetFileName(file.Split('|')[0])} in its package"));
        found.AddRange(Handles().Except(_handles).Where(handle => handle.StartsWith('/') && !handle.StartsWith("/dev/", StringComparison.Ordinal)
            && !handle.StartsWith("/proc/", StringComparison.Ordinal) && !handle.EndsWith(".dll", StringComparison.Ordinal)).Select(handle => $"keeps {handle} open"));
        return found;
    }

    public void Dispose()
    {
        _network.Dispose();
        Environment.CurrentDirectory = _workingFolder;
        Environment.SetEnvironmentVariable(TemporaryFolder, _temporaryFolder);
        Directory.Delete(_private, recursive: true);
    }

    private static HashSet<string> Files(string folder) => [.. new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories)
        .Select(file => $"{file.FullName}|{file.Length}|{file.LastWriteTimeUtc.Ticks}")];

    private static HashSet<string> Handles() => Directory.Exists("/proc/self/fd")
        ? [.. new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos().Select(handle => handle.LinkTarget ?? "")]
        : [];

    private sealed class NetworkListener : EventListener
    {
        public ConcurrentQueue<string> Seen { get; } = new();

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name is "System.Net.Sockets" or "System.Net.NameResolution")
            {
                EnableEvents(eventSource, EventLevel.Informational);
            }
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            if (eventData.EventName is "ConnectStart" or "ResolutionStart")
            {
                Seen.Enqueue(eventData.Payload is [{ } target, ..] ? $"{target}" : eventData.EventName);
            }
        }
    }
}
