using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using ConnectorPlatform.Host.DataSets;

namespace ConnectorPlatform.Host.Web.Api;

/// <summary>How a DataSet's runs behave. In a change, what is left out stays as it is.</summary>
internal sealed record RulesBody
{
    [Description("Upsert: the columns that identify a record; empty for those that the report marks.")]
    public IReadOnlyList<string>? Key { get; init; }

    [Description("Upsert: what happens when a key comes twice in one run.")]
    public RepeatedKeys? RepeatedKeys { get; init; }

    [Description("Needed by the update method partition.")]
    public PartitionBody? Partition { get; init; }

    [Range(0, 1000), Description("How many of the last runs can be undone.")]
    public int? UndoRuns { get; init; }

    [Range(0, int.MaxValue), Description("How many records of a run may go to the quarantine because they cannot be stored.")]
    public int? MostQuarantined { get; init; }

    public RetryBody? Retry { get; init; }

    [Range(0, 3_456_000), Description("How long a run may take with all of its attempts; 0 for as long as it needs.")]
    public double? DeadlineSeconds { get; init; }

    public SafeguardsBody? Safeguards { get; init; }

    public static RulesBody Of(DataSetRules rules) => new()
    {
        Key = rules.Key ?? [],
        RepeatedKeys = rules.RepeatedKeys,
        Partition = rules.Partition is { } partition ? new PartitionBody(partition.Column, partition.Unit) : null,
        UndoRuns = rules.UndoRuns,
        MostQuarantined = rules.MostQuarantined,
        Retry = new RetryBody
        {
            Pattern = rules.Retry.Pattern,
            Times = rules.Retry.Times,
            DelaySeconds = rules.Retry.Delay.TotalSeconds,
            CapSeconds = rules.Retry.Cap.TotalSeconds,
        },
        DeadlineSeconds = rules.Deadline?.TotalSeconds ?? 0,
        Safeguards = SafeguardsBody.Of(rules.Safeguards),
    };

    /// <exception cref="PlatformException">A number is out of bounds.</exception>
    public DataSetRules ApplyTo(DataSetRules rules)
    {
        if (UndoRuns is < 0 or > 1000)
        {
            throw Wrong("undoRuns is a number from 0 to 1000.");
        }

        if (MostQuarantined < 0)
        {
            throw Wrong("mostQuarantined must not be negative.");
        }

        return rules with
        {
            Key = Key switch { null => rules.Key, [] => null, _ => Key },
            RepeatedKeys = RepeatedKeys ?? rules.RepeatedKeys,
            Partition = Partition is { } partition ? new PartitionRule(partition.Column, partition.Unit ?? PartitionUnit.Value) : rules.Partition,
            UndoRuns = UndoRuns ?? rules.UndoRuns,
            MostQuarantined = MostQuarantined ?? rules.MostQuarantined,
            Retry = Retry?.ToPolicy() ?? rules.Retry,
            Deadline = DeadlineSeconds switch { null => rules.Deadline, 0 => null, { } seconds => Seconds("deadlineSeconds", seconds) },
            Safeguards = Safeguards?.ApplyTo(rules.Safeguards) ?? rules.Safeguards,
        };
    }

    public static TimeSpan Seconds(string member, double seconds) => seconds >= 0 && seconds <= RetryPolicy.LongestWait.TotalSeconds
        ? TimeSpan.FromSeconds(seconds)
        : throw Wrong($"{member} is from 0 to {RetryPolicy.LongestWait.TotalSeconds} (40 days).");

    private static PlatformException Wrong(string message) => new(PlatformFault.Input, message);
}

/// <summary>The column by which partitions are told apart.</summary>
internal sealed record PartitionBody(string Column, PartitionUnit? Unit = null);

/// <summary>Whether, and when, a run is tried again whose failure may heal.</summary>
internal sealed record RetryBody
{
    public required RetryPattern Pattern { get; init; }

    [Range(0, 100), Description("Attempts after the first.")]
    public int Times { get; init; } = 3;

    [Description("Before the second attempt.")]
    public double DelaySeconds { get; init; } = 60;

    [Description("No delay is longer.")]
    public double CapSeconds { get; init; } = 3600;

    public RetryPolicy ToPolicy() => Pattern == RetryPattern.Never ? RetryPolicy.None
        : Times is < 1 or > 100 ? throw new PlatformException(PlatformFault.Input, "times is a number from 1 to 100.")
        : new RetryPolicy(Pattern, Times, RulesBody.Seconds("delaySeconds", DelaySeconds)) { Cap = RulesBody.Seconds("capSeconds", CapSeconds) };
}

/// <summary>What makes a run doubtful, and what happens then.</summary>
internal sealed record SafeguardsBody
{
    public SafeguardAction? AddedColumns { get; init; }

    public SafeguardAction? VanishedColumns { get; init; }

    public SafeguardAction? RetypedColumns { get; init; }

    public SafeguardAction? NoRows { get; init; }

    [Description("How far, in percent, the number of rows may be from the median of the last runs; 0 for any number.")]
    public double? MostOffPercent { get; init; }

    public SafeguardAction? OffRows { get; init; }

    public static SafeguardsBody Of(Safeguards safeguards) => new()
    {
        AddedColumns = safeguards.AddedColumns,
        VanishedColumns = safeguards.VanishedColumns,
        RetypedColumns = safeguards.RetypedColumns,
        NoRows = safeguards.NoRows,
        MostOffPercent = safeguards.MostOff ?? 0,
        OffRows = safeguards.OffRows,
    };

    public Safeguards ApplyTo(Safeguards safeguards) => safeguards with
    {
        AddedColumns = AddedColumns ?? safeguards.AddedColumns,
        VanishedColumns = VanishedColumns ?? safeguards.VanishedColumns,
        RetypedColumns = RetypedColumns ?? safeguards.RetypedColumns,
        NoRows = NoRows ?? safeguards.NoRows,
        MostOff = MostOffPercent switch
        {
            null => safeguards.MostOff,
            0 => null,
            > 0 => MostOffPercent,
            _ => throw new PlatformException(PlatformFault.Input, "mostOffPercent must not be negative."),
        },
        OffRows = OffRows ?? safeguards.OffRows,
    };
}
