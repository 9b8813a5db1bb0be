using System.Text.Json;
using System.Text.Json.Serialization;

namespace ConnectorPlatform.Host.DataSets;

/// <summary>How a run's records change the DataSet.</summary>
internal enum UpdateMethod
{
    /// <summary>The run's records become the whole content, all at once when the run completes.</summary>
    Replace,

    /// <summary>The run's records are added; the run continues from the last committed checkpoint and commits at checkpoints.</summary>
    Append,

    /// <summary>A record takes the place of the row with its key, or is added; the run continues and commits as with Append.</summary>
    Upsert,

    /// <summary>The partitions that the run read take the place of those in the DataSet, all at once when the run completes; other partitions stay.</summary>
    Partition,
}

/// <summary>What happens when Upsert reads a key twice in one run.</summary>
internal enum RepeatedKeys
{
    /// <summary>The run fails and names some of them.</summary>
    Fail,

    /// <summary>The record that was read last counts, with a warning.</summary>
    LastWins,
}

/// <summary>What makes two records be of one partition.</summary>
internal enum PartitionUnit
{
    /// <summary>The same value.</summary>
    Value,

    /// <summary>The same day (UTC) of a Date or DateTime column.</summary>
    Day,

    /// <summary>The same month (UTC) of a Date or DateTime column.</summary>
    Month,
}

/// <summary>The column by which Partition tells partitions apart. Records without a value are a partition of their own.</summary>
internal sealed record PartitionRule(string Column, PartitionUnit Unit)
{
    public override string ToString() => Unit == PartitionUnit.Value ? Column : $"{Column}:{Unit.ToString().ToLowerInvariant()}";
}

/// <summary>How a DataSet's runs behave.</summary>
internal sealed record DataSetRules
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>Key columns of Upsert; null for those that the report marks.</summary>
    public IReadOnlyList<string>? Key { get; init; }

    public RepeatedKeys RepeatedKeys { get; init; }

    /// <summary>Needed by Partition.</summary>
    public PartitionRule? Partition { get; init; }

    /// <summary>How many of the last runs can be undone; the rows that they replaced are kept as long.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int UndoRuns { get; init; } = 10;

    /// <summary>What makes a run doubtful.</summary>
    public Safeguards Safeguards { get; init; } = new();

    /// <summary>
    /// How many records of a run may go to the quarantine because they cannot be stored. 0 allows none: a missing key fails the run, and
    /// a column takes the type that holds its old and new values. With more, the columns keep their types.
    /// </summary>
    public int MostQuarantined { get; init; }

    /// <summary>Whether, and when, a run is tried again whose failure may heal; for scheduled and manual runs alike.</summary>
    public RetryPolicy Retry { get; init; } = RetryPolicy.None;

    /// <summary>How long a run may take with all of its attempts; null for as long as it needs.</summary>
    public TimeSpan? Deadline { get; init; }

    public static DataSetRules Parse(string json) => JsonSerializer.Deserialize<DataSetRules>(json, Options)!;

    public string ToJson() => JsonSerializer.Serialize(this, Options);
}
