using System.Globalization;

namespace ConnectorPlatform.Host.Connectors.Workers;

/// <summary>Exit codes in words; the runtime reports a signal as 128 and its number.</summary>
internal static class ExitWords
{
    private static readonly Dictionary<int, string> Signals = new()
    {
        [4] = "SIGILL (illegal instruction)",
        [6] = "SIGABRT (unhandled exception, FailFast or stack overflow)",
        [7] = "SIGBUS (a mapped file was changed or cut)",
        [8] = "SIGFPE",
        [9] = "SIGKILL (killed, often for want of memory)",
        [11] = "SIGSEGV (wild pointer)",
        [15] = "SIGTERM",
    };

    public static string Of(int exitCode) => Signals.TryGetValue(exitCode - 128, out var name)
        ? $"by signal {name}"
        : $"with exit code {exitCode.ToString(CultureInfo.InvariantCulture)}";
}
