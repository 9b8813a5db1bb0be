using System.Text.Json.Serialization;

namespace ConnectorPlatform.Host.DataSets;

/// <summary>What happens when a run brings something else than the runs before it.</summary>
internal enum SafeguardAction
{
    /// <summary>It is stored; the log tells.</summary>
    Accept,

    /// <summary>It is stored, and the run ends with a warning.</summary>
    Warn,

    /// <summary>The run's records wait in the DataSet's file until somebody approves or rejects them.</summary>
    Hold,
}

/// <summary>What makes a run doubtful, and what happens then.</summary>
internal sealed record Safeguards
{
    /// <summary>The run brings a column that the DataSet does not have.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public SafeguardAction AddedColumns { get; init; } = SafeguardAction.Accept;

    /// <summary>The run does not bring a column that the DataSet has.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public SafeguardAction VanishedColumns { get; init; } = SafeguardAction.Warn;

    /// <summary>A column comes with another type than the DataSet's.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public SafeguardAction RetypedColumns { get; init; } = SafeguardAction.Warn;

    /// <summary>The run brings no rows.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public SafeguardAction NoRows { get; init; } = SafeguardAction.Warn;

    /// <summary>How far, in percent, the number of rows may be from the median of the last runs; null for any number.</summary>
    public double? MostOff { get; init; }

    /// <summary>The number of rows is further off than that.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public SafeguardAction OffRows { get; init; } = SafeguardAction.Warn;

    /// <summary>Whether a run may have to wait for approval; it then commits only when it is complete.</summary>
    [JsonIgnore]
    public bool MayHold => AddedColumns == SafeguardAction.Hold
        || VanishedColumns == SafeguardAction.Hold
        || RetypedColumns == SafeguardAction.Hold
        || NoRows == SafeguardAction.Hold
        || (MostOff is not null && OffRows == SafeguardAction.Hold);
}
