using System.Text.RegularExpressions;
using ConnectorPlatform.Host.Audit;
using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Audit;

/// <summary>Which columns the lines of the log tell: a row of each table, with a mark of its own in every column, is added, changed and removed, and the marks are looked for.</summary>
public sealed partial class ToldColumnsTests : IAsyncDisposable
{
    /// <summary>Whoever may read the log reads these. None holds a secret, encrypted, hashed or not; notice_rules.target is where to and dataset_changes.fields has secrets taken out of it.</summary>
    private static readonly string[] Told =
    [
        "account_invitations.connector", "account_invitations.expires_at",
        "accounts.connector", "accounts.id", "accounts.name",
        "api_tokens.expires_at", "api_tokens.name", "api_tokens.scopes",
        "backfills.first_day", "backfills.last_day", "backfills.state",
        "dataset_changes.fields",
        "datasets.connector", "datasets.id", "datasets.name", "datasets.update_method",
        "notice_rules.causes", "notice_rules.channel", "notice_rules.id", "notice_rules.name", "notice_rules.target",
        "oauth_clients.client_id", "oauth_clients.connector",
        "one_time_links.expires_at", "one_time_links.purpose",
        "people.id", "people.name", "people.role",
        "person_groups.id", "person_groups.name",
        "platform_settings.name",
        "runs.id",
    ];

    /// <summary>What makes a change one that leaves a line, where a mark does not: the value at first, and the one that it is changed to.</summary>
    private static readonly Dictionary<string, (string First, string Changed)> Given = new()
    {
        ["runs.trigger_kind"] = ("Manual", "Manual"),
        ["runs.state"] = ("Held", "Cancelled"),
        ["dataset_changes.fields"] = ("""[{"Field":"canary.dataset_changes.fields","Before":null,"After":null}]""", "[]"),
        ["shares.kind"] = ("DataSet", "DataSet"),
        ["shares.object_id"] = (Mark("datasets", "id"), Mark("datasets", "id")),
        ["shares.holder_id"] = (Mark("people", "id"), Mark("people", "id")),
    };

    private readonly TestPlatform _platform = new();

    private MetadataDatabase Database => _platform.Part<MetadataDatabase>();

    public ValueTask DisposeAsync() => _platform.DisposeAsync();

    [Fact]
    public void Lines_tell_these_columns_and_no_other()
    {
        Array.ForEach(AuditLogTests.Audited, Add);
        Array.ForEach(AuditLogTests.Audited, Change);
        foreach (var table in AuditLogTests.Audited.Reverse())
        {
            Database.Execute($"DELETE FROM {table}");
        }

        var lines = _platform.Part<AuditLog>().FindAll(new AuditSearch()).ToList();
        var told = lines.SelectMany(line => Marks().Matches($"{line.SubjectId} {line.SubjectName} {line.Before} {line.After}")).Select(mark => mark.Groups[1].Value).Distinct();
        Assert.Equal(Told.Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
        Assert.All(["added", "renamed", "credentials replaced", "OAuth client set", "password set", "access renewed", "API token revoked"], action => Assert.Contains(lines, line => line.Action == action));
    }

    private void Add(string table)
    {
        var columns = ColumnsOf(table);
        Database.Execute($"INSERT INTO {table} ({string.Join(", ", columns.Select(column => column.Name))}) VALUES ({string.Join(", ", columns.Select(column => $"'{column.First}'"))})");
    }

    private void Change(string table)
    {
        var changes = ColumnsOf(table).Where(column => column.First != column.Changed).Select(column => $"{column.Name} = '{column.Changed}'").ToList();
        Database.Execute(changes.Count == 0 ? "SELECT 1" : $"UPDATE {table} SET {string.Join(", ", changes)}");
    }

    private List<(string Name, string First, string Changed)> ColumnsOf(string table)
    {
        var parents = Database.Query<Reference>($"""SELECT "from" AS name, "table" AS parent, "to" AS key FROM pragma_foreign_key_list('{table}')""").ToDictionary(reference => reference.Name);
        return [.. Database.Query<Column>($"SELECT name, type, pk > 0 AS is_key FROM pragma_table_info('{table}')").Select(column =>
        {
            var mark = parents.TryGetValue(column.Name, out var parent) ? Mark(parent.Parent, parent.Key) : Mark(table, column.Name);
            var (first, changed) = Given.GetValueOrDefault($"{table}.{column.Name}", column.Type == "INTEGER" ? ("1", "2") : (mark, column.IsKey || parent is not null ? mark : mark.Replace("canary", "canary.changed", StringComparison.Ordinal)));
            return (column.Name, first, changed);
        })];
    }

    // A JSON text, as some columns hold JSON.
    private static string Mark(string table, string column) => $"\"canary.{table}.{column}\"";

    [GeneratedRegex(@"canary\.(?:changed\.)?(\w+\.\w+)")]
    private static partial Regex Marks();

    private sealed record Reference
    {
        public required string Name { get; init; }

        public required string Parent { get; init; }

        public required string Key { get; init; }
    }

    private sealed record Column
    {
        public required string Name { get; init; }

        public required string Type { get; init; }

        public required bool IsKey { get; init; }
    }
}
