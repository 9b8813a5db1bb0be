using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Forms.Validation;

namespace ConnectorPlatform.Host.Runs;

/// <summary>What a change of connectors means for the DataSets.</summary>
internal sealed class DataSetImpact(DataSetConfigurationStore dataSets, FormValidator validator)
{
    /// <summary>The names of the DataSets that the connector fills.</summary>
    public IReadOnlyList<string> DataSetsOf(string connector) => [.. Of(connector).Select(dataSet => dataSet.Name)];

    /// <summary>One sentence for each DataSet whose details the package's form refuses, or which cannot be checked now.</summary>
    public IReadOnlyList<string> ObjectionsTo(ConnectorPackage package)
    {
        var affected = Of(package.Manifest.Id);
        if (affected.Count == 0)
        {
            return [];
        }

        try
        {
            var form = Form.Parse(package.DetailsForm);
            var errors = validator.ValidateAll([.. affected.Select(dataSet => (form, form.Settle(dataSet.Details)))], UnknownNames.Refused);
            return
            [
                .. affected.Zip(errors).Where(pair => pair.Second.Count > 0)
                    .Select(pair => $"The DataSet \"{pair.First.Name}\" would become invalid: {string.Join(" ", pair.Second.Select(error => error.Message))}"),
            ];
        }
        catch (ValidationQuotaException exception)
        {
            return [$"Its DataSets cannot be checked now: {exception.Message}"];
        }
    }

    private List<DataSetConfiguration> Of(string connector) => [.. dataSets.List().Where(dataSet => dataSet.Connector == connector)];
}
