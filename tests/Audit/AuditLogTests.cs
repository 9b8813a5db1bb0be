using System.Text.Json;
using ConnectorPlatform.Host;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Audit;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Host.Runs.Backfills;
using ConnectorPlatform.Host.Schedules;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Audit;

/// <summary>The log itself: it is only added to, with the change or not at all, and shows what was done to it.</summary>
public sealed class AuditLogTests : IAsyncDisposable
{
    private readonly TestPlatform _platform = new();

    private AuditLog Log => _platform.Part<AuditLog>();

    private MetadataDatabase Database => _platform.Part<MetadataDatabase>();

    /// <summary>Tables whose changes leave lines, and those of which nobody needs any.</summary>
    internal static readonly string[] Audited = ["accounts", "grants", "account_invitations", "oauth_clients", "datasets", "dataset_changes", "runs", "backfills", "notice_rules", "platform_settings", "people", "sessions", "one_time_links", "api_tokens", "person_groups", "group_members", "shares"];

    private static readonly string[] Unaudited =
    [
        // The log itself, and the migrations' own.
        "audit", "audit_changes", "SchemaVersions",

        // Told by dataset_changes.
        "schedules", "freshness",

        // What the platform notes for itself.
        "schedule_revision", "schedule_log", "backfill_slices", "notice_troubles", "notice_trouble_datasets", "notice_outbox", "notice_attempts", "notice_ended_runs", "menu_labels", "idempotency_keys",

        // Nothing yet.
        "drafts", "pending_sign_ins", "sign_in_attempts",
    ];

    public ValueTask DisposeAsync() => _platform.DisposeAsync();

    [Fact]
    public void Of_every_table_it_is_decided_whether_its_changes_leave_lines()
    {
        var tables = Database.Query<string>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
        var followed = Database.Query<string>("SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%INSERT INTO audit_changes%'");

        Assert.Equal(Audited.Concat(Unaudited).Order(StringComparer.Ordinal), tables.Order(StringComparer.Ordinal));
        Assert.Equal(Audited.Order(StringComparer.Ordinal), followed.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("UPDATE audit SET actor_name = 'somebody else'")]
    [InlineData("DELETE FROM audit WHERE sequence = 1")]
    public void Lines_are_neither_changed_nor_deleted(string sql)
    {
        _platform.Part<PlatformZone>().Set("Asia/Tokyo");

        var refusal = Assert.Throws<PlatformException>(() => Database.Execute(sql));

        Assert.Contains("The audit log is only added to.", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UPDATE audit SET actor_name = 'somebody else' WHERE sequence = 2", "Line 2 is not as it was written")]
    [InlineData("UPDATE audit SET after = NULL WHERE sequence = 2", "Line 2 is not as it was written")]
    [InlineData("DELETE FROM audit WHERE sequence = 2", "After line 1 comes line 3")]
    [InlineData("DELETE FROM audit WHERE sequence = 1", "After line 0 comes line 2")]
    [InlineData("DELETE FROM audit WHERE sequence = (SELECT max(sequence) FROM audit)", "its end was cut off")]
    public void What_is_done_behind_the_guards_shows(string sql, string words)
    {
        foreach (var zone in new[] { "Asia/Tokyo", "Europe/Berlin", "Europe/Paris", "UTC" })
        {
            _platform.Part<PlatformZone>().Set(zone);
        }

        var whole = Log.Verify(null);
        Assert.Null(whole.Trouble);
        Database.Execute("DROP TRIGGER audit_is_not_changed; DROP TRIGGER audit_is_not_cut;");

        Database.Execute(sql);

        Assert.Contains(words, Log.Verify(whole.Head).Trouble, StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_that_fails_or_is_taken_back_leaves_no_line()
    {
        var before = Log.Verify(null).Lines;

        Assert.Throws<InvalidOperationException>(() => Database.Together(() =>
        {
            _platform.Part<PlatformZone>().Set("Asia/Tokyo");
            throw new InvalidOperationException();
        }));

        Assert.Equal(before, Log.Verify(null).Lines);
        Assert.Empty(Database.Query<string>("SELECT value FROM platform_settings"));
    }

    [Fact]
    public async Task Changes_that_share_a_commit_keep_each_its_own_actor()
    {
        await Task.WhenAll(Enumerable.Range(0, 40).Select(number => Task.Run(() =>
        {
            CurrentActor.Value = new Actor(ActorKind.Person, $"{number}", $"Person {number}", null);
            _platform.Part<AccountStore>().Add($"Account {number}", "hello", JsonElement.Parse("{}"), null);
        }, TestPlatform.Cancellation)));

        var lines = Log.Find(new AuditSearch { Subject = "account" }, null, 100);
        Assert.Equal(40, lines.Count);
        Assert.All(lines, line => Assert.Equal(line.SubjectName.Replace("Account", "Person", StringComparison.Ordinal), line.ActorName));
        Assert.Null(Log.Verify(null).Trouble);
    }

    [Fact]
    public void What_another_program_writes_into_the_store_is_told_with_the_next_write()
    {
        var followed = Database.Follow;
        Database.Follow = null;
        Database.Execute("INSERT INTO platform_settings (name, value, updated_at) VALUES ('smtp', 'a-secret-value', '2026-01-01T00:00:00Z')");
        Database.Follow = followed;

        _platform.Part<PlatformZone>().Set("Asia/Tokyo");

        Assert.Equal(["zone", "smtp"], Log.Find(new AuditSearch { Subject = "setting" }, null, 10).Select(line => line.SubjectName));
        Assert.All(Log.Find(new AuditSearch(), null, 10), line => Assert.DoesNotContain("a-secret-value", line.After ?? "", StringComparison.Ordinal));
    }

    [Fact]
    public void A_backfill_tells_each_of_its_moves()
    {
        var dataSet = _platform.AddDataSet("hello");
        Database.Execute(
            "INSERT INTO backfills (id, dataset_id, first_day, last_day, unit, fields, details_version, state, created_at, updated_at) " +
            "VALUES ('one', @Id, '2025-03-01', '2025-03-03', 'Day', '{}', 1, 'Running', @CreatedAt, @CreatedAt)",
            new { dataSet.Id, dataSet.CreatedAt });

        _platform.Part<BackfillStore>().TryMove("one", BackfillState.Paused, null);
        _platform.Part<BackfillStore>().TryMove("one", BackfillState.Cancelled, null);

        Assert.Equal(
            [("backfill changed", """{"state":"Cancelled"}"""), ("backfill changed", """{"state":"Paused"}"""), ("backfill begun", """{"from":"2025-03-01","to":"2025-03-03"}"""), ("added", null)],
            Log.Find(new AuditSearch { Subject = dataSet.Id }, null, 10).Select(line => (line.Action, line.Action == "added" ? null : line.After)));
    }

    [Fact]
    public async Task A_run_tells_once_what_it_used_the_credentials_for()
    {
        await using var source = await GreetingSource.StartAsync();
        await using var platform = new TestPlatform { Settings = { ["Connectors:hello:BaseAddress"] = source.Address.ToString() } };
        var dataSet = platform.AddDataSet("hello", UpdateMethod.Replace, platform.AddAccount("hello"));

        var run = await platform.RunAsync(dataSet);

        var line = Assert.Single(platform.Part<AuditLog>().Find(new AuditSearch { What = "credentials used" }, null, 10));
        Assert.Contains(run.Id, line.After, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_export_defuses_formulas_and_keeps_every_line()
    {
        CurrentActor.Value = new Actor(ActorKind.Person, null, "=cmd|'/c calc'!A1", null);
        _platform.Part<AccountStore>().Add("@SUM(1)\"\r\n", "hello", JsonElement.Parse("{}"), null);
        CurrentActor.Value = Actor.Host;

        Assert.Contains("\"'=cmd|", await ExportAsync(AuditFormat.Csv), StringComparison.Ordinal);
        Assert.Contains("\"'@SUM(1)\"\"\r\n\"", await ExportAsync(AuditFormat.Csv), StringComparison.Ordinal);
        var lines = (await ExportAsync(AuditFormat.JsonLines)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Log.Verify(null).Lines, lines.Length);
        Assert.All(lines, line => JsonElement.Parse(line));
    }

    private async Task<string> ExportAsync(AuditFormat format)
    {
        await using var target = new StringWriter();
        await AuditExport.WriteAsync(Log.FindAll(new AuditSearch()), format, target, TestPlatform.Cancellation);
        return target.ToString();
    }
}
