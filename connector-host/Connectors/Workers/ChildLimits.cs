using System.Runtime.InteropServices;

namespace ConnectorPlatform.Host.Connectors.Workers;

/// <summary>What Linux lets a host set for its child: memory of every kind, and priority. Elsewhere only the managed heap is limited.</summary>
internal static partial class ChildLimits
{
    // The runtime itself, its code and its threads' stacks, measured generously.
    private const long RuntimeOverhead = 384L << 20;

    private const int DataLimit = 2;
    private const int CoreLimit = 4;
    private const int OfProcess = 0;
    private const int Kill = 9;

    public static void Apply(int processId, WorkerLimits limits)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var memory = ((ulong)limits.MemoryMegabytes << 20) + (ulong)RuntimeOverhead;
        _ = prlimit(processId, DataLimit, new ResourceLimit(memory, memory), 0);
        _ = prlimit(processId, CoreLimit, new ResourceLimit(0, 0), 0);
        _ = setpriority(OfProcess, processId, limits.Nice);
    }

    /// <summary>Ends what the process has started and left behind: a worker leads a group of its own.</summary>
    public static void EndGroup(int processId)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = kill(-processId, Kill);
        }
    }

    [LibraryImport("libc")]
    private static partial int kill(int processId, int signal);

    [LibraryImport("libc", EntryPoint = "prlimit64")]
    private static partial int prlimit(int processId, int resource, in ResourceLimit newLimit, nint oldLimit);

    [LibraryImport("libc")]
    private static partial int setpriority(int which, int who, int priority);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct ResourceLimit(ulong soft, ulong hard)
    {
        private readonly ulong _soft = soft;
        private readonly ulong _hard = hard;
    }
}
