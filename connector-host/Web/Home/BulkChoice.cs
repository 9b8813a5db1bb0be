using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.Runs.Listing;
using ConnectorPlatform.Host.Web.People;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace ConnectorPlatform.Host.Web.Home;

/// <summary>The DataSets that somebody has chosen in the list, and the part of the list to go back to.</summary>
/// <param name="IsAll">Whether all that the list holds and that may be changed are chosen, also those of its other pages.</param>
internal sealed record BulkChoice(IReadOnlyList<DataSetConfiguration> DataSets, bool IsAll, string Return)
{
    /// <summary>More would be beyond what a form holds, and what anybody looks through before it is done.</summary>
    public const int Most = 1_000;

    /// <summary>The address of a page that asks more about what is to be done with them.</summary>
    public string AddressOf(string action) =>
        $"/bulk/{action}?{(IsAll ? "all=true" : string.Join('&', DataSets.Select(dataSet => $"id={dataSet.Id}")))}&return={Uri.EscapeDataString(Return)}";
}

/// <summary>Finds what somebody has chosen in the list.</summary>
internal sealed class BulkChoices(DataSetConfigurationStore dataSets, DataSetListing listing, Access access)
{
    /// <exception cref="PlatformException">None is chosen that is still there, too many are, or one that may not be changed.</exception>
    public BulkChoice Of(HttpContext context, IFormCollection form) => Of(context, form["id"], form["all"], form["return"].ToString());

    /// <inheritdoc cref="Of(HttpContext, IFormCollection)"/>
    public BulkChoice Of(HttpContext context, IQueryCollection query) => Of(context, query["id"], query["all"], query["return"].ToString());

    private BulkChoice Of(HttpContext context, StringValues ids, StringValues all, string back)
    {
        var isAll = all == "true";
        var found = (isAll ? Matching(back) : ids.OfType<string>().Distinct().Take(BulkChoice.Most)).Select(dataSets.FindById).OfType<DataSetConfiguration>().ToList();

        // Only owners delete; what else is done to many is a change.
        var needed = context.Request.Path == BulkPages.DeletePath ? ShareLevel.Own : ShareLevel.Edit;
        if (context.Caller().Person is { } person && found.Find(dataSet => !access.May(person, SharedKind.DataSet, dataSet.Id, needed)) is { } refused)
        {
            throw new PlatformException(PlatformFault.Input, $"You may not do that to the DataSet \"{refused.Name}\": ask an owner of it. Nothing was done to the others.");
        }

        return found.Count > 0
            ? new BulkChoice(found, isAll, back)
            : throw new PlatformException(PlatformFault.Input, "No DataSet is chosen. Go back to the list and tick those that you mean.");
    }

    private List<string> Matching(string address)
    {
        var question = address.IndexOf('?', StringComparison.Ordinal);
        var query = HomeAddress.Read(new QueryCollection(QueryHelpers.ParseQuery(question < 0 ? "" : address[question..]))) with { Take = ListingQuery.MostShown, OnlyChangeable = true };
        List<string> ids = [];
        for (var isMore = true; isMore;)
        {
            var page = listing.Read(query with { Skip = ids.Count });
            if (page.Found > BulkChoice.Most)
            {
                throw new PlatformException(PlatformFault.Input, $"{page.Found} DataSets match, and {BulkChoice.Most} can be changed at once: search for fewer.");
            }

            ids.AddRange(page.DataSets.Select(dataSet => dataSet.Id));
            isMore = page.DataSets.Count > 0 && ids.Count < page.Found;
        }

        return ids;
    }
}
