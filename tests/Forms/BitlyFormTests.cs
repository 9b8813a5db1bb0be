using System.Text.Json;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Tests.Support;
using CsCheck;

namespace ConnectorPlatform.Tests.Forms;

public sealed class BitlyFormTests
{
    private const string Period = "/unit /units /last_day /time_zone /roll_up";

    private static readonly Form Details = Form.Parse(FormSamples.Bitly("details"));

    private static readonly Gen<JsonElement> Data =
        Gen.Select(
            Gen.OneOf("report", "report", "links", "bitly_link", "bitly_links", "tag", "campaign", "destination", "group", "unit", "units", "last_day", "time_zone", "roll_up", "only_new", "late_clicks", "organization", "qr_code", "most_requests", "domains", "unknown"),
            Gen.OneOf(
                Gen.OneOf(Reports.Select(row => $"\"{row.Data.Item1}\"").ToArray()),
                Gen.OneOf("true", "false", "null", "-1", "0", "30", "\"minute\"", "\"day\"", "\"\"", "\"one\"", "\"list\"", "\"group\"", "\"tag\"", "\"campaign\"", "\"destination\"", "[]", "{}", "[\"a.example\"]")))
        .List[0, 9]
        .Select(members => JsonElement.Parse($"{{{string.Join(",", members.DistinctBy(member => member.Item1).Select(member => $"\"{member.Item1}\":{member.Item2}"))}}}"));

    /// <summary>Report, its title, the visible fields after the report, the default of Roll Up.</summary>
    public static TheoryData<string, string, string, bool?> Reports => new()
    {
        { "link_clicks", "Link Clicks", $"/links /bitly_link {Period} /only_new", false },
        { "link_countries", "Link Countries", $"/links /bitly_link {Period}", true },
        { "link_encoders", "Link Encoders", "/links /bitly_link", null },
        { "link_encoders_by_count", "Link Encoders by Count", "/links /bitly_link", null },
        { "link_encoders_count", "Link Encoders Count", "/links /bitly_link", null },
        { "link_information", "Link Information", "/links /bitly_link", null },
        { "link_referrers", "Link Referrers", $"/links /bitly_link {Period}", true },
        { "link_referrers_by_domain", "Link Referrers by Domain", $"/links /bitly_link {Period}", true },
        { "link_referring_domain", "Link Referring Domain", $"/links /bitly_link {Period}", true },
        { "popular_links", "Popular Links", $"/group {Period}", true },
        { "popular_owned_by_clicks", "Popular Owned by Clicks", $"/group {Period} /domains", true },
        { "popular_owned_by_shortens", "Popular Owned by Shortens", $"/group {Period} /domains", true },
        { "referrers", "Referrers", $"/group {Period}", true },
        { "referring_domains", "Referring Domains", $"/group {Period}", true },
        { "shorten_counts", "Shorten Counts", $"/group {Period} /only_new", false },
        { "user_clicks", "User Clicks", $"/group {Period} /only_new", false },
        { "user_countries", "User Countries", $"/group {Period}", true },
        { "bitlinks", "Bitlinks", "/group", null },
        { "campaigns", "Campaigns", "/group", null },
        { "channels", "Channels", "/group", null },
        { "group_cities", "Group Cities", $"/group {Period}", true },
        { "group_devices", "Group Devices", $"/group {Period}", true },
        { "group_engagements", "Group Engagements", $"/group {Period} /only_new", false },
        { "link_cities", "Link Cities", $"/links /bitly_link {Period}", true },
        { "link_devices", "Link Devices", $"/links /bitly_link {Period}", true },
        { "link_engagements", "Link Engagements", $"/links /bitly_link {Period} /only_new", false },
        { "link_referrer_names", "Link Referrer Names", $"/links /bitly_link {Period}", true },
        { "organization_shorten_counts", "Organization Shorten Counts", $"/organization {Period} /only_new", false },
        { "qr_codes", "QR Codes", "/group", null },
        { "qr_code_scans", "QR Code Scans", $"/group /qr_code /most_requests {Period} /only_new", false },
        { "qr_code_scan_browsers", "QR Code Scan Browsers", $"/group /qr_code /most_requests {Period}", true },
        { "qr_code_scan_cities", "QR Code Scan Cities", $"/group /qr_code /most_requests {Period}", true },
        { "qr_code_scan_countries", "QR Code Scan Countries", $"/group /qr_code /most_requests {Period}", true },
        { "qr_code_scan_device_systems", "QR Code Scan Device Systems", $"/group /qr_code /most_requests {Period}", true },
        { "referring_networks", "Referring Networks", $"/group {Period}", true },
        { "usage_and_limits", "Usage and Limits", "/group", null },
    };

    [Theory]
    [MemberData(nameof(Reports))]
    public void A_report_shows_its_fields_and_no_others(string report, string title, string fields, bool? rollUp)
    {
        var settled = Details.Settle($$"""{"report":"{{report}}"}""");

        string[] shown = ["/report", .. fields.Split(' ')];
        string[] required = [.. shown.Except(["/links", "/group", "/organization", "/qr_code", "/most_requests", "/last_day", "/only_new", "/domains"])];
        Assert.Equal(shown, settled.Visible);
        Assert.Equal(required, settled.Required);
        Assert.Equal(rollUp, settled.Data.Member("roll_up")?.GetBoolean());
        Assert.Equal(title, settled.Fields["/report"].TitleOf(JsonSerializer.SerializeToElement(report)));
        Assert.Equal(
            new[] { "/links", "/bitly_link", "/bitly_links", "/tag", "/campaign", "/destination", "/group", "/organization", "/qr_code", "/most_requests", "/unit", "/units", "/last_day", "/time_zone", "/roll_up", "/only_new", "/late_clicks", "/domains" }.Except(shown).Order(StringComparer.Ordinal),
            settled.Hidden.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_menu_has_the_reports_in_order_and_none_is_chosen_yet()
    {
        var settled = Details.Settle("{}");

        Assert.Equal(["/report"], settled.Visible);
        FormSamples.SameJson("{}", settled.Data);
        Assert.Equal(Reports.Select(row => row.Data.Item1), settled.Fields["/report"].Choices!.Select(choice => choice.Value.GetString()));
    }

    [Fact]
    public void Fields_of_another_report_are_dropped_and_say_when_they_are_shown()
    {
        var settled = Details.Settle("""{"report":"link_information","bitly_link":"bit.ly/2Qj2niP","group":"Bg","unit":"hour","units":3,"roll_up":true,"domains":["a.example"]}""");

        FormSamples.SameJson("""{"report":"link_information","links":"one","bitly_link":"bit.ly/2Qj2niP"}""", settled.Data);
        Assert.Equal("Shown when Report is Popular Owned by Clicks or Popular Owned by Shortens", settled.Hidden["/domains"]);
    }

    [Theory]
    [InlineData("list", "/bitly_links /most_requests", "/bitly_links")]
    [InlineData("group", "/group /most_requests", "")]
    [InlineData("tag", "/group /tag /most_requests", "/tag")]
    [InlineData("campaign", "/group /campaign /most_requests", "/campaign")]
    [InlineData("destination", "/group /destination /most_requests", "/destination")]
    public void Many_links_take_the_place_of_the_one_link(string links, string fields, string required)
    {
        var settled = Details.Settle($$"""{"report":"link_information","links":"{{links}}","bitly_link":"bit.ly/a"}""");

        Assert.Equal(["/report", "/links", .. fields.Split(' ')], settled.Visible);
        Assert.Equal(["/report", .. required.Split(' ', StringSplitOptions.RemoveEmptyEntries)], settled.Required);
        Assert.Contains("/bitly_link", settled.Hidden.Keys);
    }

    [Fact]
    public void Late_clicks_are_asked_about_only_where_a_report_goes_on_and_wait_unless_chosen_otherwise()
    {
        var settled = Details.Settle("""{"report":"user_clicks","only_new":true}""");

        Assert.Contains("/late_clicks", settled.Visible);
        Assert.Equal("wait", settled.Data.Text("late_clicks"));
        Assert.Contains("/late_clicks", Details.Settle("""{"report":"user_clicks","only_new":false}""").Hidden.Keys);
    }

    [Fact]
    public void Details_that_were_saved_before_there_were_many_links_are_still_valid()
    {
        var settled = Details.Settle("""{"report":"link_information","bitly_link":"bit.ly/a"}""");

        Assert.DoesNotContain("/links", settled.Required);
        Assert.Contains("/bitly_link", settled.Required);
    }

    [Fact]
    public void The_constraints_hold()
    {
        (string Data, string? Path, string? Keyword)[] cases =
        [
            (Clicks(""), null, null),
            (Clicks(""" ,"units":-1,"unit":"hour","time_zone":"-5" """), null, null),
            (Clicks(""" ,"units":60,"unit":"minute","time_zone":"14" """), null, null),
            (Clicks(""" ,"units":93,"roll_up":false,"time_zone":"Etc/GMT+5" """), null, null),
            (Clicks(""" ,"units":0 """), "/units", "not"),
            (Clicks(""" ,"units":-2 """), "/units", "minimum"),
            (Clicks(""" ,"units":1.5 """), "/units", "type"),
            (Clicks(""" ,"units":61,"unit":"minute" """), "/units", "maximum"),
            (Clicks(""" ,"unit":"year" """), "/unit", "enum"),
            (Clicks(""" ,"time_zone":"15" """), "/time_zone", "pattern"),
            (Clicks(""" ,"time_zone":"New York" """), "/time_zone", "pattern"),
            (Clicks(""" ,"roll_up":"no" """), "/roll_up", "type"),
            ("""{"report":"link_clicks","links":"list"}""", "/bitly_links", "required"),
            ("""{"report":"link_clicks","links":"list","bitly_links":"bit.ly/a\nbit.ly/b"}""", null, null),
            ("""{"report":"link_clicks","links":"group"}""", null, null),
            ("""{"report":"link_encoders","links":"tag","tag":"spring","group":"Bk1"}""", null, null),
            ("""{"report":"link_clicks","links":"campaign"}""", "/campaign", "required"),
            ("""{"report":"link_clicks","links":"destination"}""", "/destination", "required"),
            ("""{"report":"link_clicks","links":"some","bitly_link":"bit.ly/a"}""", "/links", "enum"),
            ("""{"report":"link_clicks"}""", "/bitly_link", "required"),
            ("""{"report":"link_clicks","bitly_link":"2Qj2niP"}""", "/bitly_link", "pattern"),
            ("""{"report":"link_clicks","bitly_link":"https://go.example.com/spring-sale"}""", null, null),
            ("{}", "/report", "required"),
            ("""{"report":"clicks"}""", "/report", "enum"),
            ("""{"report":"user_countries","roll_up":false,"units":93}""", "/units", "maximum"),
            ("""{"report":"user_countries","roll_up":false,"units":-1}""", "/units", "minimum"),
            ("""{"report":"user_countries","roll_up":false,"units":92}""", null, null),
            ("""{"report":"user_countries","roll_up":true,"units":93}""", null, null),
            ("""{"report":"user_countries","roll_up":false,"unit":"minute","units":61}""", "/units", "maximum"),
            ("""{"report":"popular_owned_by_clicks","domains":["https://example.com/"]}""", "/domains/0", "pattern"),
            ("""{"report":"popular_owned_by_clicks","domains":["example.com"],"group":"Bk1"}""", null, null),
            ("""{"report":"popular_links","domains":["nonsense!"]}""", null, null),
            (Clicks(""" ,"time_zone":"+05:30" """), null, null),
            (Clicks(""" ,"time_zone":"-3:30" """), null, null),
            (Clicks(""" ,"time_zone":"-14:00" """), null, null),
            (Clicks(""" ,"time_zone":"14:30" """), "/time_zone", "pattern"),
            (Clicks(""" ,"time_zone":"+5:75" """), "/time_zone", "pattern"),
        ];

        var found = FormSamples.Validator().ValidateAll([.. cases.Select(entry => (Details, Details.Settle(entry.Data)))], UnknownNames.Refused);

        Assert.All(cases.Zip(found), pair => Assert.Equal(
            pair.First.Path is null ? [] : [(pair.First.Path, pair.First.Keyword)],
            pair.Second.Select(error => (error.Path, (string?)error.Keyword))));
        Assert.Equal("Number of Units must be at most 60.", found[7][0].Message);
        Assert.Equal("Unit must be one of: Minute, Hour, Day, Week, Month.", found[8][0].Message);
        Assert.Equal("Bitly Link is required.", found[19][0].Message);
    }

    [Fact]
    public void Every_scenario_asks_for_what_the_form_takes_but_for_those_about_wrong_details()
    {
        var scenarios = Directory.GetDirectories(Repository.PathOf("tests", "scenarios", "bitly"))
            .Select(folder => (Name: Path.GetFileName(folder), Json: JsonElement.Parse(File.ReadAllText(Path.Combine(folder, "scenario.json")))))
            .Where(scenario => !(scenario.Json.GetProperty("expect").TryGetProperty("failure", out var failure) && failure.Text("kind") == nameof(FailureKind.Details)))
            .Select(scenario => (scenario.Name, Details: scenario.Json.GetProperty("details"))).ToList();
        var found = FormSamples.Validator().ValidateAll([.. scenarios.Select(scenario => (Details, Details.Settle(scenario.Details)))], UnknownNames.Refused);

        Assert.NotEmpty(scenarios);
        Assert.Equal([], scenarios.Zip(found).SelectMany(pair => pair.Second.Select(error => $"{pair.First.Name}: {error.Path} {error.Message}")));
    }

    [Fact]
    public void Settled_data_of_every_report_is_valid_once_the_link_is_given()
    {
        var settled = Reports.Select(row => (Details, Details.Settle($$"""{"report":"{{row.Data.Item1}}","bitly_link":"bit.ly/2Qj2niP"}"""))).ToList();

        Assert.All(FormSamples.Validator().ValidateAll(settled, UnknownNames.Refused), Assert.Empty);
    }

    [Fact]
    public void The_access_token_is_a_secret_that_must_be_given()
    {
        var credentials = Form.Parse(FormSamples.Bitly("credentials"));

        var settled = credentials.Settle("{}");

        Assert.Equal(["/sign_in", "/access_token"], settled.Required);
        Assert.True(settled.Fields["/access_token"].IsSecret);
        Assert.Equal("Paste your Bitly access token.", Assert.Single(FormSamples.Validator().Validate(credentials, settled, UnknownNames.Refused)).Message);
    }

    [Fact]
    public void The_library_misses_exactly_the_required_fields_that_are_empty()
    {
        var settled = Data.List[500].Single().Select(data => Details.Settle(data)).ToList();

        var found = FormSamples.Validator().ValidateAll([.. settled.Select(entry => (Details, entry))], UnknownNames.Dropped);

        Assert.All(settled.Zip(found), pair => Assert.Equal(
            pair.First.Required.Where(name => JsonPointer.Find(pair.First.Data, name) is null),
            pair.Second.Where(error => error.Keyword == "required").Select(error => error.Path)));
    }

    [Fact]
    public void Settling_twice_changes_nothing_whatever_the_data()
    {
        Data.Sample(data =>
        {
            var once = Details.Settle(data);
            var twice = Details.Settle(once.Data);

            Assert.True(once.IsAtRest);
            Assert.Equal(once.Data.GetRawText(), twice.Data.GetRawText());
            Assert.Equal(once.Visible, twice.Visible);
            Assert.Equal(once.Required, twice.Required);
            Assert.Empty(twice.Unknown);
            Assert.Empty(once.Visible.Intersect(once.Hidden.Keys));
            Assert.All(once.Data.EnumerateObject(), member => Assert.Contains($"/{member.Name}", once.Visible));
        });
    }

    private static string Clicks(string more) => $$"""{"report":"link_clicks","bitly_link":"bit.ly/2Qj2niP"{{more}}}""";
}
