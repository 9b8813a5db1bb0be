using System.ComponentModel;
using System.Text.Json;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Listing;

namespace ConnectorPlatform.Host.Web.Api;

/// <summary>A DataSet in a list.</summary>
internal sealed record DataSetItemView
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Description { get; init; }

    public required IReadOnlyList<string> Tags { get; init; }

    public required string Connector { get; init; }

    public required long Rows { get; init; }

    [Description("Null when it has never run.")]
    public required LastRunView? LastRun { get; init; }

    [Description("When it runs next by itself; null when no time is known.")]
    public required DateTimeOffset? NextRunAt { get; init; }

    [Description("It has schedules, and all are paused.")]
    public required bool IsPaused { get; init; }

    [Description("Since when it is older than it may get; null when it is not.")]
    public required DateTimeOffset? LateSince { get; init; }

    public static DataSetItemView Of(ListedDataSet dataSet) => new()
    {
        Id = dataSet.Id,
        Name = dataSet.Name,
        Description = dataSet.Description,
        Tags = dataSet.Tags,
        Connector = dataSet.Connector,
        Rows = dataSet.Rows,
        LastRun = dataSet.LastRun is { } run
            ? new LastRunView { Id = run.Id, State = run.State, StartedAt = run.StartedAt, EndedAt = run.EndedAt, Message = run.Message }
            : null,
        NextRunAt = dataSet.NextFire?.At,
        IsPaused = dataSet.NextFire?.IsPaused ?? false,
        LateSince = dataSet.LateSince,
    };
}

/// <summary>The last run of a DataSet in a list.</summary>
internal sealed record LastRunView
{
    public required string Id { get; init; }

    public required RunState State { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset? EndedAt { get; init; }

    [Description("Why it failed, or what it warns of; empty when there is nothing to say.")]
    public required string Message { get; init; }
}

/// <summary>A DataSet with its configuration.</summary>
internal sealed record DataSetView
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Description { get; init; }

    public required IReadOnlyList<string> Tags { get; init; }

    public required string Connector { get; init; }

    [Description("The account's id; null for sample data.")]
    public required string? Account { get; init; }

    public required JsonElement Details { get; init; }

    public required UpdateMethod UpdateMethod { get; init; }

    public required RulesBody Rules { get; init; }

    [Description("Grows with every change; the ETag of an answer tells it.")]
    public required long Version { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public static DataSetView Of(DataSetConfiguration dataSet) => new()
    {
        Id = dataSet.Id,
        Name = dataSet.Name,
        Description = dataSet.Description,
        Tags = dataSet.Tags,
        Connector = dataSet.Connector,
        Account = dataSet.AccountId,
        Details = dataSet.Details,
        UpdateMethod = dataSet.UpdateMethod,
        Rules = RulesBody.Of(dataSet.Rules),
        Version = dataSet.Version,
        CreatedAt = dataSet.CreatedAt,
        UpdatedAt = dataSet.UpdatedAt,
    };
}

/// <summary>A DataSet to be created.</summary>
internal sealed record DataSetBody
{
    public required string Name { get; init; }

    [Description("The connector's id.")]
    public required string Connector { get; init; }

    [Description("An account's id or name; sample by default.")]
    public string? Account { get; init; }

    [Description("What the connector's details form asks for.")]
    public JsonElement? Details { get; init; }

    public UpdateMethod UpdateMethod { get; init; }

    public RulesBody Rules { get; init; } = new();

    public string? Description { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];
}

/// <summary>A change of a DataSet; what is left out stays as it is.</summary>
internal sealed record DataSetChangeBody
{
    public string? Name { get; init; }

    [Description("An account's id or name, of the same connector; sample for sample data.")]
    public string? Account { get; init; }

    [Description("All details anew.")]
    public JsonElement? Details { get; init; }

    public UpdateMethod? UpdateMethod { get; init; }

    public RulesBody? Rules { get; init; }

    public string? Description { get; init; }

    public IReadOnlyList<string>? Tags { get; init; }
}

/// <summary>What a change would mean for the rows that are there.</summary>
internal sealed record ChangeEffectsView(IReadOnlyList<string> Effects);

/// <summary>What goes when a DataSet is deleted.</summary>
internal sealed record RemovalView([property: Description("What keeps it from being deleted now; null when nothing does.")] string? Obstacle, IReadOnlyList<string> Losses);

/// <summary>How a duplicate is called.</summary>
internal sealed record DuplicateBody
{
    [Description("By default the name with (copy).")]
    public string? Name { get; init; }
}

/// <summary>A change of a DataSet, as its history tells it.</summary>
internal sealed record DataSetChangeView(
    DateTimeOffset ChangedAt,
    [property: Description("By which way.")] ChangeOrigin By,
    [property: Description("Who; null where nobody signs in.")] string? Person,
    IReadOnlyList<FieldChangeView> Fields);

/// <summary>One thing that was changed; a secret's value is hidden.</summary>
internal sealed record FieldChangeView(string Field, string? Before, string? After);

/// <summary>What is to be looked at before it is saved.</summary>
internal sealed record PreviewBody
{
    [Description("The connector's id.")]
    public required string Connector { get; init; }

    [Description("An account's id or name; sample by default.")]
    public string? Account { get; init; }

    [Description("What the connector's details form asks for.")]
    public JsonElement? Details { get; init; }
}

/// <summary>The first rows of what a DataSet would bring.</summary>
internal sealed record PreviewView
{
    public required IReadOnlyList<ColumnView> Columns { get; init; }

    public required IReadOnlyList<IReadOnlyList<object?>> Rows { get; init; }

    [Description("Whether the source has, or may have, more.")]
    public required bool IsCut { get; init; }

    [Description("Requests that were sent to the source.")]
    public required long Requests { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    [Description("Why there are no rows; null after a success.")]
    public required RunFailureView? Failure { get; init; }
}

/// <summary>A tag, whatever its case, and how many DataSets have it.</summary>
internal sealed record TagView(string Tag, int DataSets);
