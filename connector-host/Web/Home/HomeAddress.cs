using System.Globalization;
using ConnectorPlatform.Host.Runs.Listing;

namespace ConnectorPlatform.Host.Web.Home;

/// <summary>What the address of the Data Center asks for, and the address that asks for it.</summary>
internal static class HomeAddress
{
    private static readonly (string Name, ListingView View)[] Views = [("recent", ListingView.Recent), ("attention", ListingView.Attention)];

    private static readonly (string Name, ListingOrder Order)[] Orders =
        [("status", ListingOrder.Status), ("last", ListingOrder.LastRun), ("next", ListingOrder.NextRun), ("rows", ListingOrder.Rows)];

    /// <summary>What cannot be read is as if it were not there: an address may be old, or typed.</summary>
    public static ListingQuery Read(IQueryCollection query)
    {
        var usual = new ListingQuery();
        var page = int.TryParse(query["page"], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and < 1_000_000 ? number : 1;
        return usual with
        {
            View = Views.FirstOrDefault(view => view.Name == query["view"]).View,
            Search = query["q"].ToString(),
            Connector = Text(query["connector"]),
            Tag = Text(query["tag"]),
            Order = Orders.FirstOrDefault(order => order.Name == query["sort"]).Order,
            IsDescending = query["dir"] == "desc",
            Skip = (page - 1) * usual.Take,
        };
    }

    public static string Of(ListingQuery query)
    {
        var parts = Parts(query).Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value)}");
        return string.Join('&', parts) is { Length: > 0 } text ? $"/?{text}" : "/";
    }

    /// <summary>What of a query a form of its own keeps in hidden fields.</summary>
    public static IEnumerable<(string Name, string Value)> OrderParts(ListingQuery query)
    {
        if (query.Order != ListingOrder.Name)
        {
            yield return ("sort", Orders.First(order => order.Order == query.Order).Name);
        }

        if (query.IsDescending)
        {
            yield return ("dir", "desc");
        }
    }

    private static IEnumerable<(string Name, string Value)> Parts(ListingQuery query)
    {
        if (query.View != ListingView.All)
        {
            yield return ("view", Views.First(view => view.View == query.View).Name);
        }

        foreach (var (name, value) in new[] { ("q", query.Search), ("connector", query.Connector), ("tag", query.Tag) })
        {
            if (!string.IsNullOrEmpty(value))
            {
                yield return (name, value);
            }
        }

        foreach (var part in OrderParts(query))
        {
            yield return part;
        }

        if (query.Skip > 0)
        {
            yield return ("page", ((query.Skip / query.Take) + 1).ToString(CultureInfo.InvariantCulture));
        }
    }

    private static string? Text(string? value) => string.IsNullOrEmpty(value) ? null : value;
}
