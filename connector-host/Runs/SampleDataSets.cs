using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Http;
using ConnectorPlatform.Host.Runs.Sessions;

namespace ConnectorPlatform.Host.Runs;

/// <summary>DataSets of a connector's sample data, for everything that the sample data answers: a newcomer sees each report filled without an account.</summary>
internal sealed class SampleDataSets(DataSetSetup setup, DataSetConfigurationStore dataSets)
{
    /// <summary>The names of what the connector's sample data answers; empty when it has none.</summary>
    public static IReadOnlyList<string> ExamplesOf(ConnectorPackage package)
    {
        try
        {
            return [.. SampleTape.Load(package.SamplesFolder).Examples.Select(example => example.Name)];
        }
        catch (ConnectorException)
        {
            // A package may come without samples; what is wrong with them is told where they are used.
            return [];
        }
    }

    /// <summary>Makes the DataSets that are not there yet.</summary>
    /// <returns>All of them, in the order of the examples; they have not run.</returns>
    /// <exception cref="ConnectorException">The connector has no sample data.</exception>
    public IReadOnlyList<DataSetConfiguration> AddFor(ConnectorPackage package) =>
        [.. SampleTape.Load(package.SamplesFolder).Examples.Select(example => FindOrAdd(package, example))];

    private DataSetConfiguration FindOrAdd(ConnectorPackage package, SampleExample example)
    {
        var name = $"{package.Manifest.Name} – {example.Name} (sample)";
        return dataSets.Find(name) ?? setup.AddDataSet(name, package, AccountChoice.SampleData, example.Details, UpdateMethod.Replace);
    }
}
