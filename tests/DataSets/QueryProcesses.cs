using System.Globalization;

namespace ConnectorPlatform.Tests.DataSets;

/// <summary>The processes in which queries of one platform run, as Linux tells of them: each works in a folder of the platform.</summary>
internal sealed class QueryProcesses(string dataFolder)
{
    /// <summary>The numbers of those that run now.</summary>
    public IReadOnlyList<int> Running() => [.. Directory.EnumerateDirectories("/proc")
        .Select(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var number) ? number : 0)
        .Where(number => number > 0 && IsInFolder(number))];

    public PeakWatch Watch() => new(this);

    private bool IsInFolder(int number)
    {
        try
        {
            // One that is just being started still has the memory of this process.
            return LinkOf(number, "exe") != Environment.ProcessPath && LinkOf(number, "cwd").StartsWith(dataFolder, StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It has ended, or is somebody else's.
            return false;
        }
    }

    private static string LinkOf(int number, string name) => File.ResolveLinkTarget($"/proc/{number}/{name}", returnFinalTarget: false)?.FullName ?? "";

    /// <summary>Looks again and again how much memory they take.</summary>
    internal sealed class PeakWatch : IDisposable
    {
        private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(2);

        private readonly QueryProcesses _processes;
        private readonly ITimer _looking;
        private readonly Lock _lock = new();
        private long _peak;

        public PeakWatch(QueryProcesses processes)
        {
            _processes = processes;
            _looking = TimeProvider.System.CreateTimer(_ => Look(), null, TimeSpan.Zero, LookEvery);
        }

        /// <summary>The most that any has taken at any time, as the system keeps it.</summary>
        public long Megabytes
        {
            get
            {
                lock (_lock)
                {
                    return _peak;
                }
            }
        }

        public void Dispose() => _looking.Dispose();

        private void Look()
        {
            if (_lock.TryEnter())
            {
                try
                {
                    _peak = _processes.Running().Select(PeakOf).Append(_peak).Max();
                }
                finally
                {
                    _lock.Exit();
                }
            }
        }

        private static long PeakOf(int number)
        {
            try
            {
                return File.ReadLines($"/proc/{number}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)) is { } line
                    ? long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) >> 10
                    : 0;
            }
            catch (IOException)
            {
                return 0;
            }
        }
    }
}
