using System.Text.Json;
using ConnectorPlatform.Connectors.Bitly;
using ConnectorPlatform.Connectors.Bitly.Reports;

namespace ConnectorPlatform.Tests.Bitly;

public sealed class SamplesTests
{
    private const string NewYork = "America/New_York";
    private const string MainGroup = "Bq8FernhilA";

    private static readonly string Link = Details("Link Clicks").GetProperty("bitly_link").GetString()!;

    public static TheoryData<string> Entries =>
        [.. SampleTape.Settings.GetProperty("details").EnumerateArray().Select(entry => entry.GetProperty("name").GetString()!)];

    public static TheoryData<string, int, string> Windows => new()
    {
        { "day", 7, NewYork }, { "day", 30, NewYork }, { "week", 4, NewYork }, { "month", 3, NewYork },
        { "day", 14, "UTC" }, { "week", 4, "UTC" }, { "month", 1, "UTC" }, { "hour", 24, "UTC" }, { "day", -1, "UTC" }, { "week", -1, NewYork },
    };

    [Theory]
    [MemberData(nameof(Entries))]
    public async Task A_sample_entry_runs_offline_without_a_warning_and_has_rows(string name)
    {
        var run = SampleTape.Run();

        Assert.NotEmpty(await run.ReadAsync(Details(name)));
        Assert.Empty(run.Reporter.Warnings);
    }

    [Fact]
    public void There_is_an_entry_for_each_report() => Assert.Equal(
        ReportCatalog.Names.Order(),
        SampleTape.Settings.GetProperty("details").EnumerateArray()
            .Select(entry => entry.GetProperty("details").GetProperty("report").GetString()!)
            .Distinct()
            .Order());

    [Fact]
    public void No_request_is_answered_twice() =>
        Assert.Empty(SampleTape.Exchanges.GroupBy(exchange => exchange.Request).Where(same => same.Count() > 1).Select(same => same.Key));

    [Fact]
    public async Task The_account_and_its_groups_are_answered()
    {
        IConnector connector = new BitlyConnector();
        var context = SampleTape.Run().Context(JsonElement.Parse("{}"));

        Assert.Equal("Marketing Team", (await connector.CheckAsync(context, TestContext.Current.CancellationToken)).DisplayName);
        Assert.Equal(
            [new MenuOption("Bq8FernhilB", "Fernhill Foundation"), new MenuOption(MainGroup, "Fernhill Outdoor")],
            await connector.GetMenuAsync(new MenuRequest("groups"), context, TestContext.Current.CancellationToken));
        Assert.Equal(
            [new MenuOption(MainGroup, "Fernhill Outdoor")],
            await connector.GetMenuAsync(new MenuRequest("groups", "outdoor"), context, TestContext.Current.CancellationToken));
    }

    [Theory]
    [MemberData(nameof(Windows))]
    public async Task Whatever_splits_a_links_clicks_adds_up_to_them(string unit, int units, string zone)
    {
        var clicks = await TotalAsync("link_clicks", unit, units, zone);

        Assert.True(clicks > 0 || unit == "hour");
        foreach (var report in new[] { "link_countries", "link_referrers", "link_referrers_by_domain", "link_referring_domain" })
        {
            Assert.Equal((report, clicks), (report, await TotalAsync(report, unit, units, zone)));
        }

        Assert.Equal(clicks, await TotalAsync("link_clicks", unit, units, zone, rollUp: true));
    }

    [Theory]
    [MemberData(nameof(Windows))]
    public async Task Whatever_splits_a_groups_clicks_adds_up_to_them(string unit, int units, string zone)
    {
        var clicks = await TotalAsync("user_clicks", unit, units, zone);

        Assert.Equal(clicks, await TotalAsync("user_countries", unit, units, zone));
        Assert.Equal(clicks, await TotalAsync("referrers", unit, units, zone));
        Assert.Equal(clicks, await TotalAsync("user_clicks", unit, units, zone, rollUp: true));
    }

    [Fact]
    public async Task A_groups_clicks_are_those_of_its_links_and_its_shortens_are_its_links()
    {
        var ids = SampleTape.Exchanges
            .Where(exchange => exchange.Path == $"groups/{MainGroup}/bitlinks")
            .SelectMany(page => JsonElement.Parse(page.Body).GetProperty("links").EnumerateArray().Select(link => link.GetProperty("id").GetString()!))
            .ToList();
        var clicks = 0L;
        foreach (var id in ids)
        {
            clicks += await SampleTape.Run().TotalAsync(new { report = "link_clicks", bitly_link = id, unit = "day", units = -1, time_zone = "UTC", roll_up = true });
        }

        Assert.Equal(120, ids.Distinct().Count());
        Assert.Equal(clicks, await TotalAsync("user_clicks", "month", -1, NewYork));
        Assert.Equal(120, await SampleTape.Run().TotalAsync(new { report = "shorten_counts", unit = "week", units = -1, time_zone = NewYork }, "shortens"));
        Assert.Equal(120, await SampleTape.Run().TotalAsync(new { report = "shorten_counts", unit = "day", units = -1, time_zone = "UTC", roll_up = true }, "shortens"));
    }

    [Theory]
    [InlineData("day", 14)]
    [InlineData("week", 4)]
    [InlineData("month", 3)]
    public async Task Not_rolled_up_each_units_countries_add_up_to_the_units_clicks(string unit, int units)
    {
        var series = await SampleTape.Run().ReadAsync(Request("link_clicks", unit, units, NewYork, rollUp: false));
        var countries = await SampleTape.Run().ReadAsync(Request("link_countries", unit, units, NewYork, rollUp: false));

        Assert.Equal(
            series.Where(row => (long)row["clicks"]! > 0).ToDictionary(row => row["date"]!, row => (long)row["clicks"]!),
            countries.GroupBy(row => row["date"]!).ToDictionary(rows => rows.Key, rows => rows.Sum(row => (long)row["clicks"]!)));
    }

    [Fact]
    public async Task Popular_links_know_every_title_and_agree_with_the_links_own_clicks()
    {
        var popular = await SampleTape.Run().ReadAsync(new { report = "popular_links", unit = "day", units = -1, time_zone = "UTC" });

        Assert.Equal(100, popular.Count);
        Assert.All(popular, row => Assert.NotNull(row["title"]));
        Assert.Equal(await TotalAsync("link_clicks", "day", -1, "UTC"), popular.Single(row => Link.EndsWith((string)row["bitlink"]!, StringComparison.Ordinal))["clicks"]);
    }

    [Theory]
    [InlineData("day", 7)]
    [InlineData("day", 30)]
    [InlineData("month", -1)]
    public async Task The_domains_of_the_second_groups_links_add_up_to_its_clicks(string unit, int units)
    {
        const string second = "Bq8FernhilB";

        Assert.Equal(
            await SampleTape.Run().TotalAsync(new { report = "user_clicks", group = second, unit, units, time_zone = NewYork }),
            await SampleTape.Run().TotalAsync(new { report = "referring_domains", group = second, unit, units, time_zone = NewYork }));
    }

    [Theory]
    [InlineData("day", 7)]
    [InlineData("day", 30)]
    [InlineData("month", 3)]
    public async Task The_domains_of_the_main_group_are_those_of_its_most_clicked_links_and_the_run_says_what_is_missing(string unit, int units)
    {
        var run = SampleTape.Run();
        var popular = await SampleTape.Run().ReadAsync(Request("popular_links", unit, units, NewYork, rollUp: true));
        var referrers = await SampleTape.Run().TotalAsync(Request("referrers", unit, units, NewYork, rollUp: true));

        var domains = await run.TotalAsync(Request("referring_domains", unit, units, NewYork, rollUp: true));

        Assert.Equal(popular.Take(50).Sum(row => (long)row["clicks"]!), domains);
        Assert.Contains($"cover {domains:N0} of the {referrers:N0} clicks", Assert.Single(run.Reporter.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Long_urls_were_shortened_as_often_as_Bitlinks_were_made()
    {
        var shortens = await SampleTape.Run().TotalAsync(new { report = "shorten_counts", unit = "day", units = 30, time_zone = NewYork }, "shortens");

        Assert.Equal(shortens, await SampleTape.Run().TotalAsync(new { report = "popular_owned_by_shortens", unit = "day", units = 30, time_zone = NewYork }, "shortens"));
        Assert.Equal(shortens, await SampleTape.Run().TotalAsync(new { report = "popular_owned_by_shortens", unit = "day", units = 30, time_zone = NewYork, roll_up = false }, "shortens"));
    }

    [Fact]
    public async Task The_encoders_of_a_link_agree_in_all_their_reports()
    {
        const string shared = "go.example.com/pvcdCNX";

        var encoders = await SampleTape.Run().ReadAsync(new { report = "link_encoders", bitly_link = shared });
        var clicks = await SampleTape.Run().ReadAsync(new { report = "link_encoders_by_count", bitly_link = shared });
        var count = Assert.Single(await SampleTape.Run().ReadAsync(new { report = "link_encoders_count", bitly_link = shared }));

        Assert.Equal(2, encoders.Count);
        Assert.Equal(encoders.Select(row => row["link"]).Order(), clicks.Select(row => row["link"]).Order());
        Assert.Equal((long)encoders.Count, count["bitlinks"]);
        Assert.Equal((long)encoders.Select(row => row["user"]).Distinct().Count(), count["encoders"]);
        foreach (var row in clicks)
        {
            Assert.Equal(
                row["clicks"],
                await SampleTape.Run().TotalAsync(new { report = "link_clicks", bitly_link = row["link"], unit = "day", units = -1, time_zone = "UTC", roll_up = true }));
        }
    }

    [Theory]
    [InlineData("day", 7)]
    [InlineData("day", 30)]
    public async Task Cities_devices_names_networks_and_engagements_add_up_to_the_clicks_too(string unit, int units)
    {
        var clicks = await TotalAsync("link_clicks", unit, units, NewYork);
        foreach (var report in new[] { "link_cities", "link_devices", "link_referrer_names", "link_engagements" })
        {
            Assert.Equal((report, clicks), (report, await TotalAsync(report, unit, units, NewYork)));
        }

        var all = await TotalAsync("user_clicks", unit, units, NewYork);
        foreach (var report in new[] { "group_cities", "group_devices", "referring_networks" })
        {
            Assert.Equal((report, all), (report, await TotalAsync(report, unit, units, NewYork)));
        }

        var scans = await ScansAsync("qr_code_scans", unit, units, rollUp: false);
        Assert.True(scans > 0);
        var engagements = Request("group_engagements", unit, units, NewYork, rollUp: false);
        Assert.Equal(all + scans, await SampleTape.Run().TotalAsync(engagements, "engagements"));
        Assert.Equal((all, scans), (await SampleTape.Run().TotalAsync(engagements), await SampleTape.Run().TotalAsync(engagements, "scans")));
    }

    [Theory]
    [InlineData("day", 7)]
    [InlineData("day", 30)]
    [InlineData("week", 4)]
    [InlineData("month", 3)]
    public async Task Whatever_splits_the_scans_of_a_groups_QR_codes_adds_up_to_them(string unit, int units)
    {
        var scans = await ScansAsync("qr_code_scans", unit, units, rollUp: false);

        Assert.Equal(scans, await ScansAsync("qr_code_scans", unit, units, rollUp: true));
        foreach (var report in new[] { "qr_code_scan_browsers", "qr_code_scan_cities", "qr_code_scan_countries", "qr_code_scan_device_systems" })
        {
            Assert.Equal((report, scans), (report, await ScansAsync(report, unit, units, rollUp: true)));
        }
    }

    [Theory]
    [InlineData("day", 30)]
    [InlineData("week", 4)]
    public async Task The_shortens_of_the_organization_are_those_of_its_groups(string unit, int units)
    {
        var shortens = 0L;
        foreach (var group in new[] { MainGroup, "Bq8FernhilB" })
        {
            shortens += await SampleTape.Run().TotalAsync(new { report = "shorten_counts", group, unit, units, time_zone = NewYork }, "shortens");
        }

        Assert.Equal(shortens, await SampleTape.Run().TotalAsync(Request("organization_shorten_counts", unit, units, NewYork, rollUp: false), "shortens"));
    }

    [Fact]
    public async Task The_clicks_of_all_links_of_a_group_take_few_requests_and_add_up_to_the_groups()
    {
        var bitly = SampleTape.Handler();

        var rows = await new BitlyRun(bitly, SampleTape.Now).ReadAsync(new { report = "link_clicks", links = "group", group = MainGroup, unit = "day", units = -1, time_zone = "UTC", roll_up = true });

        Assert.Equal(120, rows.Count);
        Assert.Equal(await TotalAsync("user_clicks", "day", -1, "UTC"), rows.Sum(row => (long)row["clicks"]!));
        Assert.InRange(bitly.Requests.Count, 20, 24);
    }

    [Fact]
    public async Task Links_and_QR_codes_are_found_by_title_and_by_address()
    {
        Assert.Contains(new MenuOption("go.example.com/8KQggJn", "Drift Tent 2P in-store poster (go.example.com/8KQggJn)"), await FindAsync("bitlinks", "drift tent"));
        Assert.Equal("go.example.com/8KQggJn", Assert.Single(await FindAsync("bitlinks", "https://go.example.com/8KQggJn")).Value);
        Assert.Equal("Qq8Window", Assert.Single(await FindAsync("qr_codes", "window")).Value);
        Assert.Equal(new MenuOption("Oq8Fernhill", "Fernhill"), Assert.Single(await FindAsync("organizations", "")));
    }

    [Fact]
    public async Task Tags_and_campaigns_of_a_group_are_offered()
    {
        IConnector connector = new BitlyConnector();
        var context = SampleTape.Run().Context(JsonElement.Parse($$"""{"group":"{{MainGroup}}","units":0}"""));

        Assert.Contains(new MenuOption("repair-week", "repair-week"), await connector.GetMenuAsync(new MenuRequest("tags"), context, TestContext.Current.CancellationToken));
        Assert.Equal([new MenuOption("Camp7cLoyal", "Loyalty Club")], await connector.GetMenuAsync(new MenuRequest("campaigns", "club"), context, TestContext.Current.CancellationToken));
    }

    /// <summary>The second lines are left out.</summary>
    private static async Task<IEnumerable<MenuOption>> FindAsync(string menu, string search)
    {
        IConnector connector = new BitlyConnector();
        var options = await connector.GetMenuAsync(new MenuRequest(menu, search), SampleTape.Run().Context(JsonElement.Parse("{}")), TestContext.Current.CancellationToken);
        return options.Select(option => option with { Description = null });
    }

    private static Task<long> ScansAsync(string report, string unit, int units, bool rollUp) =>
        SampleTape.Run().TotalAsync(Request(report, unit, units, NewYork, rollUp), "scans");

    private static Task<long> TotalAsync(string report, string unit, int units, string zone, bool? rollUp = null) =>
        SampleTape.Run().TotalAsync(Request(report, unit, units, zone, rollUp));

    private static object Request(string report, string unit, int units, string zone, bool? rollUp) =>
        new { report, bitly_link = Link, unit, units, time_zone = zone, roll_up = rollUp };

    private static JsonElement Details(string name) => SampleTape.Settings.GetProperty("details").EnumerateArray()
        .Single(entry => entry.GetProperty("name").GetString() == name)
        .GetProperty("details");
}
