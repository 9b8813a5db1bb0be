using System.Globalization;
using System.Runtime.InteropServices;

namespace ConnectorPlatform.Host;

/// <summary>What Linux lets a process set for its child or itself: memory of every kind, and priority. Elsewhere only the managed heap is limited.</summary>
internal static partial class ChildLimits
{
    // The runtime itself, its code and its threads' stacks, measured generously.
    private const long RuntimeOverhead = 384L << 20;

    private const int FileLimit = 1;
    private const int DataLimit = 2;
    private const int CoreLimit = 4;
    private const int OfProcess = 0;
    private const int Itself = 0;
    private const int Kill = 9;
    private const int FileTooLarge = 25;
    private const int Ignored = 1;

    /// <param name="processId">The child.</param>
    /// <param name="megabytes">What it may take beside what a runtime needs.</param>
    /// <param name="nice">Added to its priority number.</param>
    public static void Apply(int processId, int megabytes, int nice)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var memory = ((ulong)megabytes << 20) + (ulong)RuntimeOverhead;
        _ = prlimit(processId, DataLimit, new ResourceLimit(memory, memory), 0);
        _ = prlimit(processId, CoreLimit, new ResourceLimit(0, 0), 0);
        _ = setpriority(OfProcess, processId, nice);
    }

    /// <summary>From now on this process gets so much memory more, and then none: not for a moment, and whatever code asks for it.</summary>
    public static void LimitGrowth(int megabytes)
    {
        if (OperatingSystem.IsLinux())
        {
            var memory = DataBytes() + ((ulong)megabytes << 20);
            _ = prlimit(Itself, DataLimit, new ResourceLimit(memory, memory), 0);
        }
    }

    /// <summary>From now on no file that this process writes gets larger: to write more is an error.</summary>
    public static void LimitFiles(long bytes)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = signal(FileTooLarge, Ignored);
            _ = prlimit(Itself, FileLimit, new ResourceLimit((ulong)bytes, (ulong)bytes), 0);
        }
    }

    /// <summary>Ends what the process has started and left behind: a worker leads a group of its own.</summary>
    public static void EndGroup(int processId)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = kill(-processId, Kill);
        }
    }

    // What the limit counts: "VmData:   12345 kB".
    private static ulong DataBytes() => ulong.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmData:", StringComparison.Ordinal)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture) << 10;

    [LibraryImport("libc")]
    private static partial int kill(int processId, int signal);

    [LibraryImport("libc")]
    private static partial nint signal(int number, nint handler);

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
