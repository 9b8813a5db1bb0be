using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Tests.Laws.Cases;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Laws;

/// <summary>What a run of the platform leaves is what the scenario says.</summary>
public sealed class OutcomeLaws
{
    public static TheoryData<string> Connectors => [.. TestPlatform.Catalog.Packages.Select(package => package.Manifest.Id).Distinct()];

    [Fact]
    public void No_package_that_was_built_is_broken() =>
        Assert.Empty(TestPlatform.Catalog.Broken.SelectMany(package => package.Problems.Select(problem => $"{package.Folder}: {problem}")));

    [Theory]
    [MemberData(nameof(Connectors))]
    public void A_connector_has_scenarios(string connector) => Assert.NotEmpty(Scenario.Names(connector));

    [Theory]
    [MemberData(nameof(ScenarioBench.Names), MemberType = typeof(ScenarioBench))]
    public Task A_run_ends_as_its_scenario_says(string name) => CheckAsync(name, inWorkers: false);

    [Theory]
    [MemberData(nameof(ScenarioBench.Names), MemberType = typeof(ScenarioBench))]
    public Task A_run_in_a_worker_ends_as_its_scenario_says(string name) => CheckAsync(name, inWorkers: true);

    private static async Task CheckAsync(string name, bool inWorkers)
    {
        await using var bench = await ScenarioBench.StartAsync(name, inWorkers);
        var expect = bench.Scenario.Run.Expect;
        var dataSet = await bench.AddDataSetAsync(bench.Scenario.Run.State is null ? UpdateMethod.Replace : bench.Scenario.Run.UpdateMethod);

        var run = await bench.RunAsync(dataSet);

        Assert.Empty(bench.UnexpectedRequests());
        Assert.Equal((expect.State, expect.Failure?.Kind.ToString()), (run.State.ToString(), run.Failure?.Kind.ToString()));
        Assert.Contains(expect.Failure?.Message ?? "", run.Failure?.Message ?? "", StringComparison.Ordinal);
        Assert.Collection(
            run.Warnings,
            [.. (expect.Warnings ?? []).Concat(expect.HostWarnings ?? []).Select(part => new Action<string>(warning => Assert.Contains(part, warning, StringComparison.Ordinal)))]);
        Assert.Equal(bench.Requests, run.Counts.Requests);
        Assert.Equal(Content(bench.Scenario), await bench.ContentAsync(dataSet));
    }

    private static string[] Content(Scenario scenario) => scenario.Expected is { } expected
        ? [$"columns {string.Join(" ", expected.Columns)}", $"keys {string.Join(" ", expected.Keys)}", .. expected.Rows.Select(row => RowText.Of(row, expected.Columns))]
        : ["columns ", "keys "];
}
