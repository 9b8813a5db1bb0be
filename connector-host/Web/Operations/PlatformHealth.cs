using System.Globalization;
using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Host.Schedules;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.Operations;

/// <summary>One thing that the platform needs, and whether it has it.</summary>
/// <param name="Trouble">What is wrong and what to do; null when nothing is.</param>
internal sealed record HealthCheck(string Name, string? Trouble);

/// <summary>The operator's settings under <c>Health</c>.</summary>
internal sealed record HealthOptions
{
    /// <summary>With less free space in the data folder the platform is not ready.</summary>
    [System.ComponentModel.DataAnnotations.Range(0, 1_000_000_000)]
    public int LeastFreeMegabytes { get; set; } = 200;
}

/// <summary>Looks whether the platform can do its work.</summary>
internal sealed class PlatformHealth(DataFolder folder, ScheduleStore schedules, IEnumerable<IHostedService> hosted, HealthOptions options)
{
    public IReadOnlyList<HealthCheck> Look() =>
    [
        new("metadata", Told(() => _ = schedules.Revision())),
        new("dataFolder", Told(CheckSpace)),
        new("scheduler", hosted.OfType<SchedulerHost>().FirstOrDefault()?.Trouble),
    ];

    private static string? Told(Action look)
    {
        try
        {
            look();
            return null;
        }
        catch (Exception exception) when (exception is PlatformException or IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }

    private void CheckSpace()
    {
        var free = new DriveInfo(folder.Root).AvailableFreeSpace;
        if (free < options.LeastFreeMegabytes * 1_000_000L)
        {
            throw new PlatformException(
                PlatformFault.Storage,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Only {Words.Size(free)} are free where the data folder {folder.Root} is, and runs need more: free some space (setting Health:LeastFreeMegabytes, now {options.LeastFreeMegabytes})."));
        }
    }
}
