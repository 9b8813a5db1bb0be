using System.Globalization;
using System.Text.Json;
using ConnectorPlatform.Connectors.Bitly;

namespace ConnectorPlatform.Tests.Bitly;

/// <summary>
/// A Bitly with one group, organization and QR code and two links to the same page, one of which was clicked. It answers every endpoint from the
/// same hourly counts, so that a test can hold a report against what was counted. Its lists have two pages.
/// </summary>
internal sealed class FakeBitly
{
    public const string Link = "bit.ly/a";

    private readonly DateTimeOffset _now;
    private readonly IReadOnlyList<Point> _hours;

    /// <param name="now">When it is asked.</param>
    /// <param name="hours">What was counted; none for an account in which there is nothing.</param>
    public FakeBitly(DateTimeOffset now, IReadOnlyList<Point> hours)
    {
        (_now, _hours) = (now, hours);
        Handler = new ReplyingHandler(request => (200, JsonSerializer.Serialize(Answer(request.RequestUri!))));
    }

    public ReplyingHandler Handler { get; }

    public static IReadOnlyList<Point> OneInEachHour(DateTimeOffset now, int hours) =>
        [.. Enumerable.Range(0, hours).Select(hour => new Point(ReportZone.Utc.StartOf(TimeUnit.Hour, now).AddHours(-hour), 1))];

    public BitlyRun Run() => new(Handler, _now);

    private object Answer(Uri uri)
    {
        var path = uri.AbsolutePath["/v4/".Length..];
        var query = uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(entry => entry.Split('=', 2))
            .ToDictionary(entry => entry[0], entry => Uri.UnescapeDataString(entry[1]));
        return query.ContainsKey("unit") ? Count(path, query) : Describe(path, isFirst: !query.ContainsKey("search_after"));
    }

    private object Describe(string path, bool isFirst) => path switch
    {
        "user" => new { login = "anna", default_group_guid = "g" },
        "user/platform_limits" => new { platform_limits = Some(new { endpoint = "/user", methods = new[] { new { name = "GET", limit = 9, count = 1 } } }) },
        "groups" => new { groups = new[] { new { guid = "g" } } },
        "groups/g" => new { guid = "g", organization_guid = "o" },
        "groups/g/bitlinks" => new { links = Some(Bitlink(isFirst ? "bit.ly/b" : Link)), pagination = NextOf(isFirst) },
        "groups/g/qr-codes" => new { qr_codes = Some(new { qrcode_id = isFirst ? "p" : "q" }), pagination = NextOf(isFirst) },
        "groups/g/feature_usage" => new { limit_usage = Some(new { name = "encodes", count = 1 }) },
        "organizations/o/plan_limits" => new { plan_limits = Some(new { name = "encodes", limit = 9, count = 1 }) },
        "campaigns" => new { campaigns = Some(new { guid = "c" }) },
        "channels" => new { channels = Some(new { guid = "h" }) },
        _ => Bitlink(Link),
    };

    private T[] Some<T>(T entry) => _hours.Count == 0 ? [] : [entry];

    private static object NextOf(bool isFirst) => new { search_after = isFirst ? "next" : "" };

    /// <summary>Where there is nothing, the link is of others.</summary>
    private object Bitlink(string id) => new
    {
        id,
        long_url = "https://shop.example.com/a",
        created_at = BitlyTime.Format(_now.AddHours(-1)),
        created_by = "anna",
        references = _hours.Take(1).ToDictionary(_ => "group", _ => "https://api-ssl.bitly.com/v4/groups/g"),
    };

    private object Count(string path, Dictionary<string, string> query)
    {
        var unit = Enum.Parse<TimeUnit>(query["unit"], ignoreCase: true);
        var units = int.Parse(query["units"], CultureInfo.InvariantCulture);
        var reference = query.TryGetValue("unit_reference", out var text) ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture) : default(DateTimeOffset?);
        var hours = _hours.Where(hour => hour.Start >= Begin(unit, units, reference) && hour.Start <= (reference ?? _now)).ToList();
        var total = hours.Sum(hour => hour.Count);
        var buckets = hours.GroupBy(hour => ReportZone.Utc.StartOf(unit, hour.Start)).Select(bucket => (At: BitlyTime.Format(bucket.Key), Count: bucket.Sum(hour => hour.Count))).ToList();
        var parts = new[] { (Name: "one", Count: total - (total / 2)), (Name: "other", Count: total / 2) }.Where(part => part.Count > 0).ToList();
        return path.Split('/') switch
        {
            [.., "summary"] => new { unit = query["unit"], units, total_clicks = total },
            ["groups", _, "bitlinks", "clicks"] => new { sorted_links = Some(new { id = Link, clicks = total }).Where(_ => total > 0) },
            ["bitlinks", _, _, "clicks"] => new { unit = query["unit"], units, link_clicks = buckets.Select(bucket => new { date = bucket.At, clicks = bucket.Count }) },
            ["bitlinks", _, _, "engagements"] => new
            {
                unit = query["unit"],
                units,
                engagements = buckets.Select(bucket => new { date = bucket.At, engagement_count = bucket.Count, engagements = new { clicks = bucket.Count } }),
            },
            [.., "clicks"] or [.., "over_time"] => new { unit = query["unit"], units, data = buckets.Select(bucket => new { ts = bucket.At, count = bucket.Count }) },
            [.., "shorten_counts"] => new { unit = query["unit"], units, metrics = buckets.Select(bucket => new { key = bucket.At, value = bucket.Count }) },
            [.., "scans"] => new { unit = query["unit"], units, scans = buckets.Select(bucket => new { date = bucket.At, scans = bucket.Count }) },
            [.., "referrers_by_domains"] => new { referrers_by_domain = parts.Select(part => new { network = part.Name, referrers = new[] { new { value = part.Name, clicks = part.Count } } }) },
            [.., "cities"] => new { metrics = parts.Take(1).Select(part => new { city = part.Name, clicks = part.Count }), other_metrics = new { no_city_clicks = parts.Skip(1).Sum(part => part.Count) } },
            [.., "devices"] => new { metrics = parts.Select(part => new { device_type = part.Name, clicks = part.Count }) },
            _ => new { metrics = parts.Select(part => new { value = part.Name, clicks = part.Count }) },
        };
    }

    /// <summary>Without a reference Bitly's units are those of UTC; with one they end there.</summary>
    private DateTimeOffset Begin(TimeUnit unit, int units, DateTimeOffset? reference) => (units, reference, unit) switch
    {
        ( < 0, _, _) => DateTimeOffset.MinValue,
        (_, null, _) => ReportZone.Utc.Shift(unit, ReportZone.Utc.StartOf(unit, _now), 1 - units),
        (_, { } end, TimeUnit.Month) => end.AddSeconds(1).AddMonths(-units),
        (_, { } end, TimeUnit.Week) => end.AddSeconds(1).AddDays(-7 * units),
        (_, { } end, TimeUnit.Day) => end.AddSeconds(1).AddDays(-units),
        (_, { } end, TimeUnit.Hour) => end.AddSeconds(1).AddHours(-units),
        (_, { } end, _) => end.AddSeconds(1).AddMinutes(-units),
    };
}
