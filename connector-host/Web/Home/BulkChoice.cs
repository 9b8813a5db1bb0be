using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs.Listing;
using Microsoft.Extensions.Primitives;

namespace ConnectorPlatform.Host.Web.Home;

/// <summary>The DataSets that somebody has chosen in the list, and the part of the list to go back to.</summary>
internal sealed record BulkChoice(IReadOnlyList<DataSetConfiguration> DataSets, string Return)
{
    /// <exception cref="PlatformException">None is chosen that is still there.</exception>
    public static BulkChoice Of(DataSetConfigurationStore dataSets, StringValues ids, string back)
    {
        var found = ids.OfType<string>().Distinct().Take(ListingQuery.MostShown).Select(dataSets.FindById).OfType<DataSetConfiguration>().ToList();
        return found.Count > 0
            ? new BulkChoice(found, back)
            : throw new PlatformException(PlatformFault.Input, "No DataSet is chosen. Go back to the list and tick those that you mean.");
    }

    /// <summary>The address of a page that asks more about what is to be done with them.</summary>
    public string AddressOf(string action) =>
        $"/bulk/{action}?{string.Join('&', DataSets.Select(dataSet => $"id={dataSet.Id}"))}&return={Uri.EscapeDataString(Return)}";
}
