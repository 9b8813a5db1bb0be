using System.Text.Json;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Http;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Sessions;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Laws;

/// <summary>Sample data answers every example that the connector gives, without account and network.</summary>
public sealed class SampleLaws
{
    public static TheoryData<string> Connectors => [.. TestPlatform.Catalog.Packages
        .Where(package => Directory.Exists(package.SamplesFolder))
        .Select(package => package.Manifest.Id)
        .Distinct()];

    [Theory]
    [MemberData(nameof(Connectors))]
    public async Task Every_example_runs_offline_as_a_user_would_set_it_up(string connector)
    {
        var package = TestPlatform.Catalog.Find(connector);
        await using var platform = new TestPlatform { Settings = { [$"Connectors:{connector}:BaseAddress"] = "http://127.0.0.1:1/" } };
        var tape = SampleTape.Load(package.SamplesFolder);
        tape.Check();

        Assert.NotEmpty(tape.Examples);
        foreach (var example in tape.Examples)
        {
            var dataSet = platform.Part<DataSetSetup>().AddDataSet(example.Name, package, AccountChoice.SampleData, example.Details, UpdateMethod.Replace);
            var run = await platform.RunAsync(dataSet);

            Assert.True(run.IsSuccess, $"{example.Name} {JsonSerializer.Serialize(example.Details)}: {run.Failure?.Message}");
            Assert.True(run.Counts.RowsWritten > 0, $"{example.Name} delivered no rows.");
        }
    }
}
