using System.Net;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.Runs;

namespace ConnectorPlatform.Tests.People;

/// <summary>The list of DataSets of somebody who may change some of them, and only look at others: sixty, of which every tenth is to look at.</summary>
public sealed class SharedListTests : IAsyncLifetime
{
    private PeopleSite _site = null!;

    public async ValueTask InitializeAsync()
    {
        _site = await PeopleSite.StartAsync();
        foreach (var (name, role) in new[] { ("editor", Role.Editor), ("viewer", Role.Viewer), ("reader", Role.Editor), ("root", Role.Administrator) })
        {
            _site.Part<MetadataDatabase>().Execute(
                """
                WITH RECURSIVE numbers (number) AS (VALUES (1) UNION ALL SELECT number + 1 FROM numbers WHERE number < 60)
                INSERT OR IGNORE INTO datasets (id, name, connector, details, update_method, created_at, updated_at)
                SELECT 'sales' || number, 'Sales ' || number, 'hello', '{}', 'Replace', '2026-03-01T00:00:00Z', '2026-03-01T00:00:00Z' FROM numbers;
                INSERT INTO shares (kind, object_id, holder_id, level)
                SELECT 'DataSet', id, @Id, CASE WHEN @isReader OR id LIKE '%0' THEN 1 ELSE 2 END FROM datasets
                """,
                new { _site.Add(name, role).Id, isReader = name == "reader" });
        }
    }

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task Only_what_may_be_changed_can_be_chosen_and_counts_among_all()
    {
        var editor = await _site.SignInAsync("editor");
        var page = await editor.GetAsync("/");

        Assert.Equal(50, Count(page, "class=\"home-name\""));
        Assert.Equal(45, Count(page, "name=\"id\""));
        Assert.Equal(5, Count(page, ">View only</span>"));
        Assert.DoesNotContain("value=\"sales10\"", page, StringComparison.Ordinal);
        Assert.Contains("All 54 that you may change", page, StringComparison.Ordinal);
        Assert.Contains("All 54 that match and that you may change", await editor.GetAsync("/?q=sales"), StringComparison.Ordinal);

        using var asked = await editor.PostAsync("/", "/bulk", ("action", "tag"), ("all", "true"), ("return", "/?q=sales"));
        Assert.Contains("Tag 54 DataSets", await editor.GetAsync(asked.Headers.Location!.ToString()), StringComparison.Ordinal);
        using var refused = await editor.PostAsync("/", "/bulk", ("action", "tag"), ("id", "sales10"), ("return", "/"));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task An_administrator_may_choose_all()
    {
        var page = await (await _site.SignInAsync("root")).GetAsync("/");

        Assert.Equal((50, 0), (Count(page, "name=\"id\""), Count(page, ">View only</span>")));
        Assert.Contains("<span>All 60</span>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_runs_that_wait_and_may_be_changed_end_at_once_and_those_that_go_on_stay()
    {
        _site.Part<MetadataDatabase>().Execute(
            "INSERT INTO datasets (id, name, connector, details, update_method, created_at, updated_at) "
            + "VALUES ('hidden', 'Hidden', 'hello', '{}', 'Replace', '2026-03-01T00:00:00Z', '2026-03-01T00:00:00Z')");
        foreach (var (dataSet, state) in new[]
        {
            ("sales1", RunState.Queued), ("sales2", RunState.Queued), ("sales3", RunState.Running), ("sales10", RunState.Queued), ("hidden", RunState.Queued),
        })
        {
            _site.Part<RunStore>().Add(_site.Part<RunEngine>().Begin(_site.Part<DataSetConfigurationStore>().Get(dataSet), RunTrigger.Manual, "1.0.0") with { State = state });
        }

        var (editor, reader) = (await _site.SignInAsync("editor"), await _site.SignInAsync("reader"));
        Assert.Contains("Cancel all that wait", await editor.GetAsync("/runs"), StringComparison.Ordinal);
        Assert.DoesNotContain("Cancel all that wait", await reader.GetAsync("/runs"), StringComparison.Ordinal);
        using var byReader = await reader.PostAsync("/runs", "/runs/cancel-waiting");
        Assert.Empty(Asked());
        using var byEditor = await editor.PostAsync("/runs", "/runs/cancel-waiting");

        Assert.Equal(["sales1", "sales2"], Asked());
        Assert.Contains("2 waiting runs asked to end; what goes on goes on.", await editor.GetAsync(byEditor.Headers.Location!.ToString()), StringComparison.Ordinal);

        IEnumerable<string> Asked() => _site.Part<MetadataDatabase>().Query<string>("SELECT dataset_id FROM runs WHERE cancel_asked = 1 ORDER BY dataset_id");
    }

    [Theory]
    [InlineData("viewer")]
    [InlineData("reader")]
    public async Task Who_may_change_none_is_offered_nothing_to_do_with_many(string name)
    {
        var page = await (await _site.SignInAsync(name)).GetAsync("/");

        Assert.Contains("Sales 1<", page, StringComparison.Ordinal);
        Assert.DoesNotContain("type=\"checkbox\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("value=\"delete\"", page, StringComparison.Ordinal);
    }

    private static int Count(string page, string text) => page.Split(text).Length - 1;
}
