using System.Diagnostics;
using System.Diagnostics.Tracing;
using System.Globalization;
using System.Text.Json;
using ConnectorPlatform.Host.Connectors;

namespace ConnectorPlatform.Host.Certification;

/// <summary>
/// Watches a connector's constructor in a process of its own: what the framework tells of sockets, name look-ups and HTTP, what the kernel counts of
/// reads and writes, files that are left open, and files that appear where code writes without being told where. Seen is the second construction and those
/// after it; of the first one, sockets and such files only, as loading reads files itself.
/// </summary>
internal static class ConstructorWatch
{
    /// <summary>The hidden argument that makes the program such a process.</summary>
    public const string Option = "--watch-constructor";

    private const int Constructions = 5;

    /// <summary>Asks a process of its own; killed when it takes too long.</summary>
    public static async Task<Finding> AskAsync(ConnectorPackage package, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(ChildProgram.Executable, ["certify", package.Folder, Option]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        try
        {
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            var last = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault();
            return process.ExitCode == 0 && last is not null
                ? Finding.Of(JsonSerializer.Deserialize<List<string>>(last)!.Select(deed => $"{deed}: a constructor only sets fields; do the work in ReadAsync, through context.Http."))
                : Finding.Failed($"The constructor ended its process with exit code {process.ExitCode}: {(await errors.ConfigureAwait(false)).Split('\n')[0]}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    /// <summary>The watched process itself.</summary>
    /// <returns>What the constructor did besides setting fields.</returns>
    public static IReadOnlyList<string> Watch(ConnectorPackage package)
    {
        var loaded = new ConnectorLoader().Load(package);
        using var listening = new NetworkListener();
        using var traces = new FileTraces(package.Folder);
        _ = loaded.Create();
        var deeds = traces.Find().Select(file => $"The constructor writes the file {file}").ToList();
        var idle = Measure(() => { });
        idle = Measure(() => { });
        var work = Measure(() =>
        {
            for (var i = 0; i < Constructions; i++)
            {
                _ = loaded.Create();
            }
        });
        deeds.AddRange(NetworkListener.Events.Distinct().Select(name => $"The constructor uses the network ({name})"));
        if (work.Calls - idle.Calls >= Constructions)
        {
            deeds.Add("The constructor reads or writes files");
        }

        if (work.Open > idle.Open)
        {
            deeds.Add("The constructor leaves files or sockets open");
        }

        return deeds;
    }

    private static (long Calls, int Open) Measure(Action work)
    {
        var (calls, open) = (Calls(), Open());
        work();
        return (Calls() - calls, Open() - open);
    }

    private static long Calls() => OperatingSystem.IsLinux()
        ? File.ReadAllLines("/proc/self/io").Where(line => line.StartsWith("syscr:", StringComparison.Ordinal) || line.StartsWith("syscw:", StringComparison.Ordinal))
            .Sum(line => long.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture))
        : 0;

    private static int Open() => OperatingSystem.IsLinux() ? Directory.GetFileSystemEntries("/proc/self/fd").Length : 0;

    private sealed class NetworkListener : EventListener
    {
        private const string Internal = "Private.InternalDiagnostics.";

        // The listener's base constructor already tells of sources, before a field of this class would be set.
        private static readonly List<string> Seen = [];

        public static IReadOnlyList<string> Events
        {
            get
            {
                lock (Seen)
                {
                    return [.. Seen];
                }
            }
        }

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (NameOf(eventSource) is "System.Net.Sockets" or "System.Net.NameResolution" or "System.Net.Http")
            {
                EnableEvents(eventSource, EventLevel.Informational);
            }
        }

        // Of a socket that only listens the framework tells to its own developers alone.
        private static string NameOf(EventSource source) =>
            source.Name.StartsWith(Internal, StringComparison.Ordinal) ? source.Name[Internal.Length..] : source.Name;

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            lock (Seen)
            {
                Seen.Add(NameOf(eventData.EventSource));
            }
        }
    }
}
