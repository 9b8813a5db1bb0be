using System.Text.Json;
using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Host.Schedules;

namespace ConnectorPlatform.Host.Runs.Listing;

/// <summary>The list of DataSets with what is known of their runs: one query, however many there are, and no DataSet's file is opened.</summary>
internal sealed class DataSetListing(MetadataDatabase database, NextFires nextFires, TimeProvider time)
{
    private const int RunsInPicture = 12;

    private static readonly TimeSpan RecentWithin = TimeSpan.FromDays(1);

    // What each DataSet has is found for all of them, since all are counted; the pictures only for those that are shown.
    private const string Sql =
        """
        WITH upcoming AS MATERIALIZED (SELECT key AS dataset_id, value AS next_at FROM json_each(@upcoming)),
        listed AS MATERIALIZED (
            SELECT datasets.id, datasets.name, datasets.description, datasets.tags, datasets.connector, datasets.row_count, freshness.late_since, next_at,
                last.id AS run_id, last.state, last.started_at, last.ended_at, last.failure_message, last.warnings,
                last.started_at > @recentFrom AS is_recent,
                freshness.late_since IS NOT NULL OR last.state IN ('Failed', 'Held', 'SucceededWithWarnings') AS needs_attention, {2} AS may_change
            FROM datasets
            LEFT JOIN runs AS last ON last.rowid = (SELECT rowid FROM runs WHERE dataset_id = datasets.id ORDER BY fence DESC LIMIT 1)
            LEFT JOIN freshness ON freshness.dataset_id = datasets.id
            LEFT JOIN upcoming ON upcoming.dataset_id = datasets.id
            WHERE {1}),
        found AS MATERIALIZED (
            SELECT *, count(*) OVER () AS found_count, count(*) FILTER (WHERE may_change) OVER () AS changeable_count, row_number() OVER (ORDER BY {0}) AS place FROM listed
            WHERE (@connector IS NULL OR connector = @connector) AND (may_change OR NOT @onlyChangeable)
                AND (@view = 'All' OR (@view = 'Recent' AND is_recent) OR (@view = 'Attention' AND needs_attention))
                AND (@tag IS NULL OR EXISTS (SELECT 1 FROM json_each(tags) AS tag WHERE tag.value = @tag COLLATE NOCASE))
                AND NOT EXISTS (
                    SELECT 1 FROM json_each(@words) AS word
                    WHERE name || char(10) || description || char(10) || tags || char(10) || connector NOT LIKE word.value ESCAPE '\')),
        shown AS MATERIALIZED (SELECT * FROM found ORDER BY place LIMIT @take OFFSET @skip)
        SELECT counted.*, shown.*, (SELECT found_count FROM found LIMIT 1) AS found, (SELECT changeable_count FROM found LIMIT 1) AS changeable,
            (SELECT json_group_array(json_array(state, rows_written))
                FROM (SELECT state, rows_written FROM runs WHERE dataset_id = shown.id ORDER BY fence DESC LIMIT @RunsInPicture)) AS recent_runs
        FROM (SELECT count(*) AS all_count, total(is_recent) AS recent_count, total(needs_attention) AS attention_count FROM listed) AS counted
        LEFT JOIN shown ON 1
        ORDER BY place
        """;

    private const string StatusOrder =
        "CASE WHEN state = 'Failed' THEN 0 WHEN state = 'Held' THEN 1 WHEN late_since IS NOT NULL THEN 2 WHEN state = 'SucceededWithWarnings' THEN 3 " +
        "WHEN state = 'Running' THEN 4 WHEN state = 'Queued' THEN 5 WHEN state = 'Cancelled' THEN 6 WHEN state IS NULL THEN 7 ELSE 8 END";

    private static readonly string Seen = Viewer.Sees("DataSet", "datasets.id");

    private static readonly string Changed = Viewer.Changes("DataSet", "datasets.id");

    public Listing Read(ListingQuery query)
    {
        var fires = nextFires.OfDataSets();
        var sql = Sql.Replace("{0}", OrderOf(query), StringComparison.Ordinal).Replace("{1}", Seen, StringComparison.Ordinal).Replace("{2}", Changed, StringComparison.Ordinal);
        var rows = database.Query<Row>(sql, new
        {
            viewer = Viewer.Filter,
            RunsInPicture,
            upcoming = query.Order == ListingOrder.NextRun ? JsonSerializer.Serialize(fires.ToDictionary(fire => fire.Key, fire => fire.Value.At)) : "{}",
            recentFrom = time.GetUtcNow() - RecentWithin,
            connector = query.Connector,
            onlyChangeable = query.OnlyChangeable,
            view = query.View.ToString(),
            tag = query.Tag,
            words = JsonSerializer.Serialize(query.Search.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(Pattern)),
            take = Math.Clamp(query.Take, 1, ListingQuery.MostShown),
            skip = Math.Max(0, query.Skip),
        });
        return new Listing([.. rows.Where(row => row.Id is not null).Select(row => row.ToListed(fires))], (int)(rows[0].Found ?? 0))
        {
            Changeable = (int)(rows[0].Changeable ?? 0),
            All = (int)rows[0].AllCount,
            Recent = (int)rows[0].RecentCount,
            Attention = (int)rows[0].AttentionCount,
        };
    }

    /// <summary>The connectors that DataSets have.</summary>
    public IReadOnlyList<ListingChoice> Connectors() =>
        [.. database.Query<Choice>(
            $"SELECT connector AS value, count(*) AS count FROM datasets WHERE {Seen} GROUP BY connector ORDER BY connector", new { viewer = Viewer.Filter }).Select(choice => choice.ToChoice())];

    /// <summary>The tags that DataSets have.</summary>
    public IReadOnlyList<ListingChoice> Tags() => [.. database.Query<Choice>(
        $"SELECT tag.value AS value, count(*) AS count FROM datasets, json_each(datasets.tags) AS tag WHERE {Seen} GROUP BY tag.value COLLATE NOCASE ORDER BY tag.value COLLATE NOCASE",
        new { viewer = Viewer.Filter }).Select(choice => choice.ToChoice())];

    private static string Pattern(string word) =>
        $"%{word.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal)}%";

    // What has no value comes last, whichever way the others are ordered.
    private static string OrderOf(ListingQuery query)
    {
        var direction = query.IsDescending ? "DESC" : "ASC";
        return query.Order switch
        {
            ListingOrder.Status => $"{StatusOrder} {direction}, started_at DESC, name COLLATE NOCASE, id",
            ListingOrder.LastRun => $"started_at {direction} NULLS LAST, name COLLATE NOCASE, id",
            ListingOrder.NextRun => $"next_at {direction} NULLS LAST, name COLLATE NOCASE, id",
            ListingOrder.Rows => $"row_count {direction}, name COLLATE NOCASE, id",
            _ => $"name COLLATE NOCASE {direction}, id",
        };
    }

    private sealed record Choice
    {
        public required string Value { get; init; }
        public required long Count { get; init; }

        public ListingChoice ToChoice() => new(Value, (int)Count);
    }

    private sealed record Row
    {
        public required long AllCount { get; init; }
        public required double RecentCount { get; init; }
        public required double AttentionCount { get; init; }
        public long? Found { get; init; }
        public long? Changeable { get; init; }
        public string? Id { get; init; }
        public string? Name { get; init; }
        public string? Description { get; init; }
        public string? Tags { get; init; }
        public string? Connector { get; init; }
        public long? RowCount { get; init; }
        public DateTimeOffset? LateSince { get; init; }
        public string? RunId { get; init; }
        public string? State { get; init; }
        public DateTimeOffset? StartedAt { get; init; }
        public DateTimeOffset? EndedAt { get; init; }
        public string? FailureMessage { get; init; }
        public string? Warnings { get; init; }
        public string? RecentRuns { get; init; }
        public bool MayChange { get; init; }

        public ListedDataSet ToListed(IReadOnlyDictionary<string, NextFire> fires) => new()
        {
            Id = Id!,
            Name = Name!,
            Description = Description!,
            Tags = JsonSerializer.Deserialize<string[]>(Tags!)!,
            Connector = Connector!,
            Rows = RowCount!.Value,
            LateSince = LateSince,
            MayChange = MayChange,
            NextFire = fires.GetValueOrDefault(Id!),
            LastRun = RunId is null ? null : new ListedRun(RunId, Enum.Parse<RunState>(State!), StartedAt!.Value, EndedAt, Message),
            RecentRuns = [.. JsonElement.Parse(RecentRuns!).EnumerateArray().Reverse().Select(run => new RecentRun(Enum.Parse<RunState>(run[0].GetString()!), run[1].GetInt64()))],
        };

        private string Message => FailureMessage ?? string.Join(" ", JsonSerializer.Deserialize<string[]>(Warnings!)!);
    }
}
