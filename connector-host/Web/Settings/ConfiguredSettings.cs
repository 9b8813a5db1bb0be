using System.Globalization;
using ConnectorPlatform.Host.Audit;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Connectors.Workers;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Notices;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Schedules;
using ConnectorPlatform.Host.Web.NewDataSet;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.Settings;

/// <summary>A setting that the configuration alone decides.</summary>
/// <param name="Name">As an environment variable names it.</param>
/// <param name="Value">What holds now, in words.</param>
/// <param name="IsSet">Whether the operator has set it; else it is the platform's usual value.</param>
internal sealed record ConfiguredSetting(string Name, string Value, string About, bool IsSet);

/// <summary>The settings that the page shows and does not change: what they are called, what holds now, and what they do.</summary>
internal sealed class ConfiguredSettings(
    IConfiguration configuration, HistoryOptions history, ScheduleOptions schedules, NoticeOptions notices, AuditOptions audit, DataSetStoreOptions store, WorkerSettings workers, ConnectorSettings connectors)
{
    private readonly RunLimits _runs = configuration.Read<RunLimits>("Runs");

    /// <summary>How long things are kept.</summary>
    public IReadOnlyList<ConfiguredSetting> Retention =>
    [
        Setting("Runs:KeepHistory", DurationText.Write(history.KeepHistory), "Records and logs of ended runs are kept this long."),
        Setting("Runs:KeepLast", Words.Count(history.KeepLast, "run"), "The last runs of each DataSet stay, however old they are."),
        Setting("Schedules:KeepLogDays", Words.Count(schedules.KeepLogDays, "day"), "How long the log of schedules is kept."),
        Setting("Schedules:KeepLogLines", Words.Count(schedules.KeepLogLines, "line"), "The most lines of that log that a DataSet keeps."),
        Setting("Audit:Keep", audit.Keep is { } keep ? DurationText.Write(keep) : "For ever", "Lines of the audit log are kept this long; a line tells of each cut."),
        Setting("Notices:KeepLog", DurationText.Write(notices.KeepLog), "How long it is kept what became of notices."),
    ];

    /// <summary>How much runs, connectors and stores may take.</summary>
    public IReadOnlyList<ConfiguredSetting> Limits =>
    [
        Setting("Runs:MostAtOnce", Words.Count(_runs.MostAtOnce, "run"), "Runs that go on at the same time; others wait, and say so."),
        Setting("Runs:MostOfAccount", Words.Count(_runs.MostOfAccount, "run"), "Of these, those of one account."),
        Setting("Runs:CommitWithin", DurationText.Write(history.CommitWithin), "How long a run may take to its next commit when the platform stops."),
        Setting("Runs:ResumeOnStart", history.ResumeOnStart ? "Yes" : "No", "Whether interrupted runs are run again when the platform starts."),
        new("Egress__Allow__0", OpenInWords, "What runs may reach besides the public internet: host names, addresses and networks.", connectors.OpenAddresses.Count > 0),
        Setting("Connectors:Isolation", workers.IsInProcess ? "InProcess" : "Workers", "Workers keep connectors in processes of their own; InProcess is for debugging."),
        Setting("Connectors:Workers:MemoryMegabytes", Megabytes(workers.Limits.MemoryMegabytes), "The most memory of a connector's process."),
        Setting("Connectors:Workers:ProgressWithin", DurationText.Write(workers.Limits.ProgressWithin), "A connector that sends nothing for this long is stopped."),
        Setting("DataSets:MemoryMegabytes", Megabytes(store.MemoryMegabytes), "What a DataSet's store has in memory at least while it is open."),
        Setting("Notices:GroupWithin", DurationText.Write(notices.GroupWithin), "How long the notice of a refused account waits for further DataSets of it."),
        Setting("Notices:GiveUpAfter", DurationText.Write(notices.GiveUpAfter), "How long a notice is tried that cannot be delivered."),
    ];

    private string OpenInWords => connectors.OpenAddresses.Count == 0 ? "Nothing" : string.Join(", ", connectors.OpenAddresses);

    private static string Megabytes(int number) => string.Create(CultureInfo.InvariantCulture, $"{number:N0} MB");

    private ConfiguredSetting Setting(string key, string value, string about) =>
        new(key.Replace(":", "__", StringComparison.Ordinal), value, about, configuration[key] is not null);
}
