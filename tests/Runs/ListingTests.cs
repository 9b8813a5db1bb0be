using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Listing;
using ConnectorPlatform.Host.Schedules;
using ConnectorPlatform.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace ConnectorPlatform.Tests.Runs;

/// <summary>The list of DataSets, as pages and the API ask for it.</summary>
public sealed class ListingTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _clock = new(Now);
    private readonly TestPlatform _platform;

    public ListingTests() => _platform = new TestPlatform { Time = _clock };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _platform.DisposeAsync();

    [Fact]
    public void Views_count_all_DataSets_and_show_their_own()
    {
        Add("Never run");
        Run(Add("Fine"), RunState.Succeeded);
        Run(Add("Warned"), RunState.SucceededWithWarnings);
        Run(Add("Failed long ago"), RunState.Failed, Now - TimeSpan.FromDays(3));
        Run(Add("Waits"), RunState.Held);

        var listing = Read(new ListingQuery { View = ListingView.Attention });
        Assert.Equal(["Failed long ago", "Waits", "Warned"], Names(listing));
        Assert.Equal((3, 5, 3, 3), (listing.Found, listing.All, listing.Recent, listing.Attention));
        Assert.Equal(["Fine", "Waits", "Warned"], Names(Read(new ListingQuery { View = ListingView.Recent })));
    }

    [Fact]
    public void A_DataSet_is_judged_by_its_last_run_and_shows_the_ones_before_it()
    {
        var dataSet = Add("Recovered");
        Run(dataSet, RunState.Failed, Now - TimeSpan.FromHours(2));
        Run(dataSet, RunState.Succeeded, Now - TimeSpan.FromHours(1), rows: 7);

        var listed = Assert.Single(Read(new ListingQuery()).DataSets);
        Assert.Equal((RunState.Succeeded, ""), (listed.LastRun!.State, listed.LastRun.Message));
        Assert.Equal([new RecentRun(RunState.Failed, 0), new RecentRun(RunState.Succeeded, 7)], listed.RecentRuns);
        Assert.Equal(0, Read(new ListingQuery()).Attention);
    }

    [Fact]
    public void A_late_DataSet_needs_attention_although_its_last_run_succeeded()
    {
        var dataSet = Add("Old");
        Run(dataSet, RunState.Succeeded, Now - TimeSpan.FromDays(4));
        _platform.Part<Freshness>().Set(dataSet.Id, TimeSpan.FromDays(2));
        _clock.Advance(TimeSpan.FromDays(3));
        _platform.Part<Freshness>().Check();

        Assert.NotNull(Assert.Single(Read(new ListingQuery { View = ListingView.Attention }).DataSets).LateSince);
    }

    [Theory]
    [InlineData("clicks", "Clicks by day")]
    [InlineData("DAY clicks", "Clicks by day")]
    [InlineData("marketing", "Clicks by day|Orders")]
    [InlineData("50%", "Orders")]
    [InlineData("0_d", "")]
    [InlineData("urgent", "Orders")]
    [InlineData("bitly", "")]
    [InlineData("hello", "Clicks by day|Orders")]
    public void Every_word_of_a_search_is_in_name_description_tags_or_connector(string search, string found)
    {
        Add("Clicks by day", "For marketing", ["weekly"]);
        Add("Orders", "50% of marketing's orders", ["Urgent"]);

        Assert.Equal(found, string.Join('|', Names(Read(new ListingQuery { Search = search }))));
    }

    [Fact]
    public void Tags_and_connectors_filter_and_are_counted()
    {
        Add("A", "", ["sales", "weekly"]);
        Add("B", "", ["Sales"]);
        Add("C", connector: "bitly");

        Assert.Equal(["A", "B"], Names(Read(new ListingQuery { Tag = "SALES" })));
        Assert.Equal(["C"], Names(Read(new ListingQuery { Connector = "bitly" })));
        Assert.Equal([("sales", 2), ("weekly", 1)], _platform.Part<DataSetListing>().Tags().Select(tag => (tag.Value, tag.Count)));
        Assert.Equal([("bitly", 1), ("hello", 2)], _platform.Part<DataSetListing>().Connectors().Select(connector => (connector.Value, connector.Count)));
    }

    [Theory]
    [InlineData("Name", false, "a|B|c|d")]
    [InlineData("Name", true, "d|c|B|a")]
    [InlineData("Status", false, "c|B|d|a")]
    [InlineData("LastRun", false, "B|a|c|d")]
    [InlineData("LastRun", true, "c|a|B|d")]
    [InlineData("NextRun", false, "d|c|a|B")]
    [InlineData("NextRun", true, "c|d|a|B")]
    [InlineData("Rows", true, "a|c|B|d")]
    public void A_list_has_the_order_that_was_asked_for_and_what_has_no_value_comes_last(string order, bool isDescending, string names)
    {
        Run(Add("a"), RunState.Succeeded, Now - TimeSpan.FromHours(3), rows: 30);
        Run(Add("B"), RunState.Cancelled, Now - TimeSpan.FromHours(5), rows: 1);
        var failed = Run(Add("c"), RunState.Failed, Now - TimeSpan.FromHours(1), rows: 2);
        Schedule(failed, "every day at 18:00");
        Schedule(Add("d"), "every day at 13:00");

        Assert.Equal(names, string.Join('|', Names(Read(new ListingQuery { Order = Enum.Parse<ListingOrder>(order), IsDescending = isDescending }))));
    }

    [Fact]
    public void The_next_run_is_the_earliest_of_all_schedules_and_none_while_all_are_paused()
    {
        var dataSet = Add("Scheduled");
        Schedule(dataSet, "every day at 18:00");
        Schedule(dataSet, "every day at 13:00");
        var listed = Read(new ListingQuery()).DataSets[0];
        Assert.Equal(new NextFire(Now + TimeSpan.FromHours(1), false, null), listed.NextFire);

        _clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(Now + TimeSpan.FromHours(6), Read(new ListingQuery()).DataSets[0].NextFire!.At);

        _platform.Part<ScheduleSwitch>().Pause(dataSet.Id);
        Assert.Equal(new NextFire(null, true, null), Read(new ListingQuery()).DataSets[0].NextFire);
    }

    [Fact]
    public void Ten_thousand_DataSets_are_asked_for_with_as_few_statements_as_one()
    {
        var database = _platform.Part<MetadataDatabase>();
        database.Execute(
            """
            WITH RECURSIVE numbers (number) AS (VALUES (1) UNION ALL SELECT number + 1 FROM numbers WHERE number < 10000)
            INSERT INTO datasets (id, name, connector, details, update_method, tags, created_at, updated_at)
            SELECT 'id-' || number, 'DataSet ' || number, 'hello', '{}', 'Replace', '["sales"]', '2026-03-01T00:00:00Z', '2026-03-01T00:00:00Z' FROM numbers
            """);
        Read(new ListingQuery());
        var before = database.Statements;
        var listing = Read(new ListingQuery { Order = ListingOrder.NextRun, Search = "DataSet", Tag = "sales", Skip = 9990, Take = 50 });

        // One tells whether the schedules have changed.
        Assert.Equal((2, 10, 10_000), (database.Statements - before, listing.DataSets.Count, listing.Found));
    }

    [Fact]
    public async Task The_number_of_rows_is_that_of_the_file_after_each_kind_of_run()
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet(UpdateMethod.Upsert);
        foreach (var greetings in new[] { 4, 9, 9 })
        {
            bench.Source.Greetings = greetings;
            await bench.Platform.RunAsync(dataSet);
            Assert.Equal(greetings, await StoredAsync());
        }

        var corrections = bench.Platform.Part<RunCorrections>();
        await corrections.UndoAsync(dataSet, await corrections.LastRunAsync(dataSet, Cancellation), Cancellation);
        await StoredAsync();
        bench.Platform.Part<DataSetConfigurationStore>().TryUpdate(dataSet with { UpdateMethod = UpdateMethod.Replace });
        bench.Source.Greetings = 3;
        await bench.Platform.RunAsync(bench.Platform.Part<DataSetConfigurationStore>().Get(dataSet.Id));
        Assert.Equal(3, await StoredAsync());

        async Task<long> StoredAsync()
        {
            var stored = await bench.Platform.ReadAsync(dataSet, reader => reader.Count());
            Assert.Equal(stored, Assert.Single(bench.Platform.Part<DataSetListing>().Read(new ListingQuery()).DataSets).Rows);
            return stored;
        }
    }

    private static IEnumerable<string> Names(Listing listing) => listing.DataSets.Select(dataSet => dataSet.Name);

    private Listing Read(ListingQuery query) => _platform.Part<DataSetListing>().Read(query);

    private DataSetConfiguration Add(string name, string description = "", string[]? tags = null, string connector = "hello")
    {
        var dataSet = new DataSetConfiguration
        {
            Id = Guid.CreateVersion7().ToString("N"),
            Name = name,
            Connector = connector,
            Details = System.Text.Json.JsonElement.Parse("{}"),
            UpdateMethod = UpdateMethod.Replace,
            Description = description,
            Tags = tags ?? [],
            CreatedAt = Now,
            UpdatedAt = Now,
        };
        _platform.Part<DataSetConfigurationStore>().Add(dataSet);
        return dataSet;
    }

    private DataSetConfiguration Run(DataSetConfiguration dataSet, RunState state, DateTimeOffset? startedAt = null, long rows = 0)
    {
        var run = _platform.Part<RunEngine>().Begin(dataSet, RunTrigger.Manual, "1.0.0") with { StartedAt = startedAt ?? Now };
        _platform.Part<RunStore>().Add(run);
        _platform.Part<RunStore>().Update(run with { State = state, Phase = RunPhase.Ended, EndedAt = run.StartedAt, Counts = new RunCounts { RowsWritten = rows } });
        return dataSet;
    }

    private void Schedule(DataSetConfiguration dataSet, string when) => _platform.Part<ScheduleStore>().Add(new Schedule
    {
        Id = Guid.CreateVersion7().ToString("N"),
        DataSetId = dataSet.Id,
        Recurrence = Recurrence.Parse(when),
        Zone = TimeZoneInfo.Utc,
        CreatedAt = Now,
    });
}
