using System.Globalization;

namespace ConnectorPlatform.Host.Connectors.Workers;

/// <summary>What a process takes, as the system tells it.</summary>
internal static class ProcessMemory
{
    /// <summary>Megabytes that only this process uses; 0 where that cannot be told.</summary>
    public static long PrivateMegabytes(int processId) => Read(0, () => File.ReadLines($"/proc/{processId}/smaps_rollup")
        .Where(line => line.StartsWith("Private_", StringComparison.Ordinal))
        .Sum(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)) / 1024);

    /// <summary>Whether it uses more by itself. What it uses in all, shared or not, is told much sooner and is mostly less already.</summary>
    public static bool IsLarger(int processId, long megabytes) => ResidentMegabytes(processId) > megabytes && PrivateMegabytes(processId) > megabytes;

    private static long ResidentMegabytes(int processId) => Read(long.MaxValue, () =>
        (long.Parse(File.ReadAllText($"/proc/{processId}/statm").Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize) >> 20);

    private static long Read(long unknown, Func<long> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return unknown;
        }
    }
}
