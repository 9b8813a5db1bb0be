using Microsoft.Extensions.Time.Testing;
using WireMock.Server;

namespace ConnectorPlatform.Tests.Laws.Cases;

/// <summary>Every scenario against its connector alone: the contract's context, a client without the host's chain, WireMock as the source.</summary>
public sealed class ScenarioTests
{
    public static TheoryData<string> Names => [.. Scenario.Names()];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_scenario_ends_as_it_says(string name)
    {
        var scenario = Scenario.Load(name);
        var connector = BuiltConnector.Find(scenario.Connector);
        using var server = WireMockServer.Start();
        if (Directory.Exists(scenario.MappingsFolder))
        {
            server.ReadStaticMappings(scenario.MappingsFolder);
        }

        using var http = new HttpClient { BaseAddress = new Uri(new Uri(server.Url!), connector.BaseAddress.AbsolutePath) };
        http.DefaultRequestHeaders.Authorization = new("Bearer", scenario.Run.Credentials.GetProperty("access_token").GetString());
        var reporter = new CollectingReporter();
        var context = new ConnectorContext
        {
            Http = http,
            Credentials = scenario.Run.Credentials,
            Details = scenario.Run.Details,
            State = scenario.Run.State,
            Reporter = reporter,
            Time = new FakeTimeProvider(scenario.Run.Now),
        };

        var (batches, failure) = await ReadAsync(connector.Create(), context);

        Assert.Empty(server.LogEntries.Where(entry => entry.MappingGuid is null).Select(entry => entry.RequestMessage!.Url));
        AssertOutcome(scenario.Run.Expect, reporter, failure);
        AssertRows(scenario.Expected, batches);
        var requested = server.LogEntries.Select(entry => entry.MappingGuid).ToHashSet();
        Assert.Empty(server.Mappings.Where(mapping => !requested.Contains(mapping.Guid)).Select(mapping => $"never requested: {mapping.Title}"));
    }

    private static async Task<(List<RecordBatch> Batches, ConnectorException? Failure)> ReadAsync(IConnector connector, ConnectorContext context)
    {
        var batches = new List<RecordBatch>();
        try
        {
            await foreach (var batch in connector.ReadAsync(context, TestContext.Current.CancellationToken))
            {
                batches.Add(batch);
            }

            return (batches, null);
        }
        catch (ConnectorException failure)
        {
            return (batches, failure);
        }
    }

    private static void AssertOutcome(Scenario.Expectation expect, CollectingReporter reporter, ConnectorException? failure)
    {
        var hasWarnings = !reporter.Warnings.IsEmpty || expect.HostWarnings is { Length: > 0 };
        Assert.Equal(expect.State, failure is not null ? "Failed" : hasWarnings ? "SucceededWithWarnings" : "Succeeded");
        Assert.Equal(expect.Failure?.Kind, failure?.Kind);
        Assert.Contains(expect.Failure?.Message ?? "", failure?.Message ?? "", StringComparison.Ordinal);
        Assert.Collection(
            reporter.Warnings,
            [.. (expect.Warnings ?? []).Select(part => new Action<string>(warning => Assert.Contains(part, warning, StringComparison.Ordinal)))]);
    }

    private static void AssertRows(Scenario.ExpectedRows? expected, List<RecordBatch> batches)
    {
        if (expected is null)
        {
            Assert.Equal(0, batches.Sum(batch => batch.Count));
            return;
        }

        Assert.NotEmpty(batches);
        Assert.All(batches, batch => Assert.Equal(expected.Columns, batch.Columns.Select(column => $"{column.Name}:{column.Type}")));
        Assert.All(batches, batch => Assert.Equal(expected.Keys, batch.Columns.Where(column => column.IsKey).Select(column => column.Name)));
        Assert.Equal(expected.Rows.Select(row => RowText.Of(row, expected.Columns)), batches.SelectMany(RowText.Of));
    }
}
