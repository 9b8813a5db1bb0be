using static ConnectorPlatform.Connectors.Bitly.Reports.Columns;

namespace ConnectorPlatform.Connectors.Bitly.Reports;

/// <summary>The reports by their name in the details.</summary>
internal static class ReportCatalog
{
    private static readonly string[] OtherCities = ["(other cities)", "", "", ""];

    private static readonly string[] NoCity = ["(no city)", "", "", ""];

    private static readonly Dictionary<string, Report> Reports = new()
    {
        ["link_clicks"] = new SeriesReport<LinkClicksReply>(
            Scope.Link, "clicks", [Clicks], reply => (reply.LinkClicks ?? []).Select(bucket => (bucket.Date, new[] { bucket.Clicks })))
        { Summary = "clicks/summary" },
        ["link_countries"] = Facet(Scope.Link, "countries", "countries", Country),
        ["link_encoders"] = EncodersReport.Encoders,
        ["link_encoders_by_count"] = EncodersReport.ByCount,
        ["link_encoders_count"] = EncodersReport.Count,
        ["link_information"] = new LinkInformationReport(),
        ["link_referrers"] = Facet(Scope.Link, "referrers", "referrers", Referrer),
        ["link_referrers_by_domain"] = new FacetReport<NetworksReply>(
            Scope.Link, "referrers_by_domains", "referrers by domain", [Network, Referrer], reply =>
                from network in reply.ReferrersByDomain ?? []
                from metric in network.Referrers ?? []
                select (new[] { network.Name ?? "", metric.Value ?? "" }, metric.Clicks)),
        ["link_referring_domain"] = Facet(Scope.Link, "referring_domains", "referring domains", Domain),
        ["popular_links"] = new PopularLinksReport(isRestricted: false),
        ["popular_owned_by_clicks"] = new PopularLinksReport(isRestricted: true),
        ["popular_owned_by_shortens"] = new OwnedByShortensReport(),
        ["referrers"] = Facet(Scope.Group, "referrers", "referrers", Referrer),
        ["referring_domains"] = new ReferringDomainsReport(),
        ["shorten_counts"] = new SeriesReport<ShortensReply>(
            Scope.Group, "shorten_counts", [Shortens], reply => (reply.Metrics ?? []).Select(bucket => (bucket.Key, new[] { bucket.Value }))),
        ["user_clicks"] = new SeriesReport<GroupClicksReply>(
            Scope.Group, "clicks", [Clicks], reply => (reply.Data ?? []).Select(bucket => (bucket.Ts, new[] { bucket.Count })))
        { Fallback = "links/clicks/over_time" },
        ["user_countries"] = Facet(Scope.Group, "countries", "countries", Country),

        ["bitlinks"] = new BitlinksReport(),
        ["campaigns"] = new CampaignsReport(),
        ["group_cities"] = Cities(Scope.Group),
        ["group_devices"] = Devices(Scope.Group),
        ["group_engagements"] = new SeriesReport<GroupClicksReply>(
            Scope.Group, "engagements/over_time", [Engagements], reply => (reply.Data ?? []).Select(bucket => (bucket.Ts, new[] { bucket.Count }))),
        ["link_cities"] = Cities(Scope.Link),
        ["link_devices"] = Devices(Scope.Link),
        ["link_engagements"] = new SeriesReport<EngagementsReply>(
            Scope.Link, "engagements", [Engagements, Clicks, Scans, ButtonClicks], reply => (reply.Engagements ?? []).Select(bucket => (bucket.Date, bucket.Counts))),
        ["link_referrer_names"] = Facet(Scope.Link, "referrer_name", "referrer names", ReferrerName),
        ["referring_networks"] = Facet(Scope.Group, "referring_networks", "referring networks", Network),
    };

    public static IReadOnlyCollection<string> Names => Reports.Keys;

    public static Report Find(string name) => Reports.GetValueOrDefault(name)
        ?? throw new ConnectorException(FailureKind.Details, $"There is no report \"{name}\". Choose another Report.");

    private static FacetReport<CitiesReply> Cities(Scope scope) => new(scope, "cities", "cities", [City, Subregion, Region, Country], reply =>
    [
        .. (reply.Metrics ?? []).Select(metric => (new[] { metric.City ?? "", metric.Subregion ?? "", metric.Region ?? "", metric.Country ?? "" }, metric.Clicks)),
        .. reply.OtherMetrics is { OtherCityClicks: > 0 } others ? [(OtherCities, others.OtherCityClicks)] : Array.Empty<(string[], long)>(),
        .. reply.OtherMetrics is { NoCityClicks: > 0 } unknown ? [(NoCity, unknown.NoCityClicks)] : Array.Empty<(string[], long)>(),
    ]);

    private static FacetReport<DevicesReply> Devices(Scope scope) => new(
        scope, "devices", "devices", [Device], reply => (reply.Metrics ?? []).Select(metric => (new[] { metric.DeviceType ?? metric.Value ?? "" }, metric.Clicks)));

    private static FacetReport<MetricsReply> Facet(Scope scope, string endpoint, string title, Column facet) => new(
        scope, endpoint, title, [facet], reply => (reply.Metrics ?? []).Select(metric => (new[] { metric.Value ?? "" }, metric.Clicks)));
}
