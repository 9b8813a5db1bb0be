using System.Text.Json;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Connectors.Workers;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Forms.Validation;
using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.Runs;

/// <summary>What a change of connectors means for the DataSets.</summary>
internal sealed class DataSetImpact(DataSetConfigurationStore dataSets, DetailsMigration migration, FormValidator validator, TimeProvider time)
{
    /// <summary>The names of the DataSets that the connector fills.</summary>
    public IReadOnlyList<string> DataSetsOf(string connector) => [.. Of(connector).Select(dataSet => dataSet.Name)];

    /// <summary>The names of those DataSets whose details were saved for an earlier version of the package's form, and are migrated at each run.</summary>
    public IReadOnlyList<string> MigratedFor(ConnectorPackage package) =>
        [.. Of(package.Manifest.Id).Where(dataSet => dataSet.DetailsVersion < package.Manifest.DetailsVersion).Select(dataSet => dataSet.Name)];

    /// <summary>One sentence for each DataSet whose details the package cannot migrate or its form refuses, or which cannot be checked now.</summary>
    public async Task<IReadOnlyList<string>> ObjectionsToAsync(ConnectorPackage package, CancellationToken cancellationToken)
    {
        var objections = new List<string>();
        var migrated = new List<(DataSetConfiguration DataSet, JsonElement Details)>();
        foreach (var dataSet in Of(package.Manifest.Id))
        {
            try
            {
                migrated.Add((dataSet, await migration.DetailsForAsync(package, dataSet, new RunProgress(new RunLog(null, time)), cancellationToken).ConfigureAwait(false)));
            }
            catch (Exception exception) when (exception is ConnectorException or WorkerException or PackageLoadException)
            {
                objections.Add($"The DataSet \"{dataSet.Name}\" could not run: {exception.Message}");
            }
        }

        return [.. objections, .. Refusals(Form.Parse(package.DetailsForm), migrated)];
    }

    private IEnumerable<string> Refusals(Form form, List<(DataSetConfiguration DataSet, JsonElement Details)> migrated)
    {
        if (migrated.Count == 0)
        {
            return [];
        }

        try
        {
            var errors = validator.ValidateAll([.. migrated.Select(entry => (form, form.Settle(entry.Details)))], UnknownNames.Refused);
            return migrated.Zip(errors).Where(pair => pair.Second.Count > 0)
                .Select(pair => $"The DataSet \"{pair.First.DataSet.Name}\" would become invalid: {string.Join(" ", pair.Second.Select(error => error.Message))}");
        }
        catch (ValidationQuotaException exception)
        {
            return [$"Its DataSets cannot be checked now: {exception.Message}"];
        }
    }

    private List<DataSetConfiguration> Of(string connector) => [.. Viewer.Platform(dataSets.List).Where(dataSet => dataSet.Connector == connector)];
}
