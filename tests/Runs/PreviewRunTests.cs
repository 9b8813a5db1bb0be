using System.Text.Json;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Sessions;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Runs;

public sealed class PreviewRunTests
{
    private static readonly JsonElement Nothing = JsonElement.Parse("{}");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_preview_shows_the_first_rows_with_their_columns_and_calls_and_keeps_nothing()
    {
        await using var platform = new TestPlatform();
        var details = platform.Part<DataSetSetup>().SettleDetails(TestPlatform.Catalog.Find("bitly"), JsonElement.Parse("""{ "report": "user_clicks" }"""));

        var preview = await platform.Part<PreviewRun>().RunAsync(TestPlatform.Catalog.Find("bitly"), AccountChoice.SampleData, details, Cancellation);

        Assert.True(preview.Run.IsSuccess, preview.Run.Failure?.Message);
        Assert.True(preview.Run.Counts.Requests > 0);
        Assert.NotEmpty(preview.Rows);
        Assert.DoesNotContain(preview.Columns, column => column.Name.StartsWith('_'));
        Assert.All(preview.Rows, row => Assert.Equal(preview.Columns.Count, row.Length));
        Assert.Empty(platform.Part<DataSetConfigurationStore>().List());
        Assert.Empty(Directory.EnumerateFiles(platform.DataFolder, "*.duckdb", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_preview_stops_reading_when_it_has_enough()
    {
        await using var source = await GreetingSource.StartAsync();
        source.Greetings = 500;
        await using var platform = new TestPlatform { Settings = { ["Connectors:hello:BaseAddress"] = source.Address.ToString() } };

        var preview = await platform.Part<PreviewRun>().RunAsync(
            TestPlatform.Catalog.Find("hello"), new AccountChoice(platform.AddAccount("hello")), Nothing, Cancellation);

        Assert.Equal((PreviewRun.RowsShown, true), (preview.Rows.Count, preview.IsCut));
        Assert.True(preview.Run.Counts.RowsRead < 500);
    }

    [Fact]
    public async Task A_preview_of_a_source_that_sends_nothing_ends_and_says_so()
    {
        await using var bench = await GreetingBench.StartAsync();
        bench.Hold();

        var preview = await bench.Platform.Part<PreviewRun>().RunAsync(
            TestPlatform.Catalog.Find("hello"), new AccountChoice(bench.Platform.AddAccount("hello")), Nothing, Cancellation);

        Assert.Equal(RunState.Failed, preview.Run.State);
        Assert.Contains("no rows within 30 seconds", preview.Run.Failure!.Message, StringComparison.Ordinal);
    }
}
