using static ConnectorPlatform.Connectors.Bitly.Reports.Columns;

namespace ConnectorPlatform.Connectors.Bitly.Reports;

/// <summary>The reports by their name in the details.</summary>
internal static class ReportCatalog
{
    private static readonly string[] OtherCities = ["(other cities)", "", "", ""];

    private static readonly string[] NoCity = ["(no city)", "", "", ""];

    public static WholeListReport<CampaignsReply, Campaign> Campaigns { get; } = new("campaigns", reply => reply.Campaigns);

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
        ["shorten_counts"] = ShortenCounts(Scope.Group),
        ["user_clicks"] = new SeriesReport<GroupClicksReply>(
            Scope.Group, "clicks", [Clicks], reply => (reply.Data ?? []).Select(bucket => (bucket.Ts, new[] { bucket.Count })))
        { Fallback = "links/clicks/over_time" },
        ["user_countries"] = Facet(Scope.Group, "countries", "countries", Country),

        ["bitlinks"] = new PagedListReport<LinkListReply, BitlinkBody, LinkInformationReport.Row>(link => LinkInformationReport.Row.Of(link.Id, link)),
        ["campaigns"] = Campaigns,
        ["channels"] = new WholeListReport<ChannelsReply, Channel>("channels", reply => reply.Channels),
        ["group_cities"] = Cities(Scope.Group),
        ["group_devices"] = Devices(Scope.Group),
        ["group_engagements"] = new SeriesReport<GroupClicksReply>(
            Scope.Group, "engagements/over_time", [Engagements, Clicks, Scans], reply => (reply.Data ?? []).Select(bucket => (bucket.Ts, new[] { bucket.Count })))
        { Parts = ["links/clicks/over_time", "codes/scans/over_time"] },
        ["link_cities"] = Cities(Scope.Link),
        ["link_devices"] = Devices(Scope.Link),
        ["link_engagements"] = new SeriesReport<EngagementsReply>(
            Scope.Link, "engagements", [Engagements, Clicks, Scans, ButtonClicks], reply => (reply.Engagements ?? []).Select(bucket => (bucket.Date, bucket.Counts))),
        ["link_referrer_names"] = Facet(Scope.Link, "referrer_name", "referrer names", ReferrerName),
        ["organization_shorten_counts"] = ShortenCounts(Scope.Organization),
        ["qr_code_scans"] = new SeriesReport<ScansReply>(
            Scope.QrCode, "scans", [Scans], reply => (reply.Scans ?? []).Select(bucket => (bucket.Date, new[] { bucket.Scans })))
        { Summary = "scans/summary" },
        ["qr_code_scan_browsers"] = Facet(Scope.QrCode, "scans/browsers", "browsers", Browser),
        ["qr_code_scan_cities"] = Cities(Scope.QrCode, "scans/cities"),
        ["qr_code_scan_countries"] = Facet(Scope.QrCode, "scans/countries", "countries", Country),
        ["qr_code_scan_device_systems"] = Facet(Scope.QrCode, "scans/device_os", "device systems", DeviceSystem),
        ["qr_codes"] = new PagedListReport<QrCodeListReply, QrCodeBody, QrCodeBody>(code => code),
        ["referring_networks"] = Facet(Scope.Group, "referring_networks", "referring networks", Network),
        ["usage_and_limits"] = new UsageReport(),
    };

    public static IReadOnlyCollection<string> Names => Reports.Keys;

    public static Report Find(string name) => Reports.GetValueOrDefault(name)
        ?? throw new ConnectorException(FailureKind.Details, $"There is no report \"{name}\". Choose another Report.");

    private static FacetReport<CitiesReply> Cities(Scope scope, string endpoint = "cities") => new(scope, endpoint, "cities", [City, Subregion, Region, Country], reply =>
    [
        .. (reply.Metrics ?? []).Select(metric => (new[] { metric.City ?? "", metric.Subregion ?? "", metric.Region ?? "", metric.Country ?? "" }, metric.Count)),
        .. reply.OtherMetrics is { OtherCities: > 0 } others ? [(OtherCities, others.OtherCities)] : Array.Empty<(string[], long)>(),
        .. reply.OtherMetrics is { NoCity: > 0 } unknown ? [(NoCity, unknown.NoCity)] : Array.Empty<(string[], long)>(),
    ]);

    private static FacetReport<DevicesReply> Devices(Scope scope) => new(
        scope, "devices", "devices", [Device], reply => (reply.Metrics ?? []).Select(metric => (new[] { metric.DeviceType ?? metric.Value ?? "" }, metric.Clicks)));

    private static FacetReport<MetricsReply> Facet(Scope scope, string endpoint, string title, Column facet) => new(
        scope, endpoint, title, [facet], reply => (reply.Metrics ?? []).Select(metric => (new[] { metric.Value ?? "" }, metric.Count)));

    private static SeriesReport<ShortensReply> ShortenCounts(Scope scope) => new(
        scope, "shorten_counts", [Shortens], reply => (reply.Metrics ?? []).Select(bucket => (bucket.Key, new[] { bucket.Value })));
}
