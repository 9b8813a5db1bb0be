using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs.Listing;
using Microsoft.Extensions.Primitives;

namespace ConnectorPlatform.Host.Web.Home;

/// <summary>The DataSets that somebody has chosen in the list, and the part of the list to go back to.</summary>
internal sealed record BulkChoice(IReadOnlyList<DataSetConfiguration> DataSets, string Return)
{
    /// <param name="dataSets">All DataSets.</param>
    /// <param name="may">Whether something may be done to a DataSet, by its id.</param>
    /// <param name="ids">What is chosen.</param>
    /// <param name="back">The part of the list.</param>
    /// <exception cref="PlatformException">None is chosen that is still there, or one that may not be changed.</exception>
    public static BulkChoice Of(DataSetConfigurationStore dataSets, Func<string, bool> may, StringValues ids, string back)
    {
        var found = ids.OfType<string>().Distinct().Take(ListingQuery.MostShown).Select(dataSets.FindById).OfType<DataSetConfiguration>().ToList();
        if (found.Find(dataSet => !may(dataSet.Id)) is { } refused)
        {
            throw new PlatformException(PlatformFault.Input, $"You may not do that to the DataSet \"{refused.Name}\": ask an owner of it. Nothing was done to the others.");
        }

        return found.Count > 0
            ? new BulkChoice(found, back)
            : throw new PlatformException(PlatformFault.Input, "No DataSet is chosen. Go back to the list and tick those that you mean.");
    }

    /// <summary>The address of a page that asks more about what is to be done with them.</summary>
    public string AddressOf(string action) =>
        $"/bulk/{action}?{string.Join('&', DataSets.Select(dataSet => $"id={dataSet.Id}"))}&return={Uri.EscapeDataString(Return)}";
}
