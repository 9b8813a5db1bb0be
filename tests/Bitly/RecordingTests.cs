using System.Text.Json;
using ConnectorPlatform.Connectors.Bitly;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Bitly;

/// <summary>Replays real replies of Bitly, where the recordings lie beside the checkout.</summary>
public sealed class RecordingTests
{
    private const string Absent = "No recorded replies lie beside this checkout (shared/bitly/recordings).";

    private static readonly DateTimeOffset Now = new(2026, 10, 30, 15, 20, 0, TimeSpan.Zero);

    private static readonly string? Folder =
        Repository.Shared is { } shared && Directory.Exists(Path.Combine(shared, "bitly", "recordings")) ? Path.Combine(shared, "bitly", "recordings") : null;

    /// <summary>Recordings of what the connector does not do: signing in is the host's.</summary>
    private static readonly HashSet<string> NotRead =
    [
        "philnash-bitly-v4/oauth_access_token_bad_code_401.json",
        "philnash-bitly-v4/oauth_access_token_code_200.json",
        "philnash-bitly-v4/oauth_access_token_password_200.json",
    ];

    /// <summary>Reports with their rows and the sum of their counts.</summary>
    public static TheoryData<string, string, bool, int, long> Reports => new()
    {
        { "messmass-2025-live/get_bitlink_clicks.json", "link_clicks", false, 2, 1 },
        { "messmass-2025-live/get_bitlink_clicks_summary.json", "link_clicks", true, 1, 3646 },
        { "messmass-2025-live/get_bitlink_countries.json", "link_countries", true, 3, 1030 },
        { "messmass-2025-live/get_bitlink_referrers.json", "link_referrers", true, 5, 3627 },
        { "messmass-2025-live/get_bitlink_referring_domains.json", "link_referring_domain", true, 6, 3598 },
        { "philnash-bitly-v4/get_bitlink_clicks.json", "link_clicks", false, 7, 35 },
        { "philnash-bitly-v4/get_bitlink_clicks_summary.json", "link_clicks", true, 1, 100 },
        { "philnash-bitly-v4/get_bitlink_referrers.json", "link_referrers", true, 3, 35 },
        { "philnash-bitly-v4/get_bitlink_referrers.json", "referrers", true, 3, 35 },
        { "philnash-bitly-v4/get_bitlink_referrers_by_domains.json", "link_referrers_by_domain", true, 3, 35 },
        { "philnash-bitly-v4/get_bitlink_referring_domains.json", "link_referring_domain", true, 3, 35 },
        { "philnash-bitly-v4/get_countries_group_or_bitlink.json", "user_countries", true, 2, 78 },
        { "philnash-bitly-v4/get_countries_group_or_bitlink.json", "link_countries", true, 2, 78 },
        { "philnash-bitly-v4/get_group_bitlinks_clicks_sorted.json", "popular_links", true, 2, 358 },
        { "philnash-bitly-v4/get_group_referring_networks.json", "referring_networks", true, 4, 181 },
        { "philnash-bitly-v4/get_shorten_counts_group_or_organization.json", "shorten_counts", false, 2, 3 },
        { "philnash-bitly-v4/get_shorten_counts_group_or_organization.json", "organization_shorten_counts", false, 2, 3 },
        { "tanepiper-node-bitly-replay/get_bitlink_clicks_day_units-1_200.json", "link_clicks", false, 30, 3 },
        { "tanepiper-node-bitly-replay/get_bitlink_countries_200.json", "link_countries", true, 1, 3 },
        { "tanepiper-node-bitly-replay/get_bitlink_referrers_200.json", "link_referrers", true, 2, 3 },
        { "tanepiper-node-bitly-replay/get_bitlink_referrers_by_domains_200.json", "link_referrers_by_domain", true, 2, 3 },
    };

    public static TheoryData<string, FailureKind> Refusals => new()
    {
        { "errors/already_a_bitly_link_400.json", FailureKind.Details },
        { "errors/forbidden_403.json", FailureKind.Details },
        { "messmass-2025-live/get_bitlink_cities_402.json", FailureKind.Details },
        { "messmass-2025-live/unknown_path_404_plaintext.json", FailureKind.Details },
        { "tanepiper-node-bitly-replay/post_bitlinks_400_invalid_long_url.json", FailureKind.Details },
    };

    public static TheoryData<string, string?> Bitlinks => new()
    {
        { "philnash-bitly-v4/get_bitlink.json", "def456" },
        { "tanepiper-node-bitly-replay/get_bitlink_200.json", "8sBebUiuV1s" },
        { "tanepiper-node-bitly-replay/post_bitlinks_200.json", "8sBebUiuV1s" },
        { "tanepiper-node-bitly-replay/post_expand_200.json", null },
    };

    public static TheoryData<string[], int> LinkLists => new()
    {
        { ["paging/get_group_bitlinks_page1_search_after.json", "paging/get_group_bitlinks_page2_last.json"], 2 },
        { ["philnash-bitly-v4/get_group_bitlinks_page_legacy.json"], 1 },
    };

    [Theory]
    [MemberData(nameof(Reports))]
    public async Task A_report_reads_the_recording_without_loss(string file, string report, bool rollUp, int rows, long total)
    {
        var run = Run(_ => Reply(file));

        var read = await run.ReadAsync(new { report, bitly_link = "bit.ly/abc", group = "g", organization = "o", units = -1, time_zone = "UTC", roll_up = rollUp });

        Assert.Equal(rows, read.Count);
        Assert.Equal(total, read.Sum(row => (long)row[report.EndsWith("shorten_counts", StringComparison.Ordinal) ? "shortens" : "clicks"]!));
        Assert.Empty(run.Reporter.Warnings);
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_recorded_refusal_is_said_in_words(string file, FailureKind kind)
    {
        var failure = await Assert.ThrowsAsync<ConnectorException>(() =>
            Run(_ => Reply(file)).ReadAsync(new { report = "link_countries", bitly_link = "bit.ly/abc", time_zone = "UTC" }));

        Assert.Equal(kind, failure.Kind);
        Assert.Contains("the countries of Bitlink bit.ly/abc", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Bitlinks))]
    public async Task Link_Information_reads_the_recorded_Bitlink(string file, string? group)
    {
        var run = Run(request => file.Contains("expand") && request.Method == HttpMethod.Get ? (403, "{}") : Reply(file));

        var row = Assert.Single(await run.ReadAsync(new { report = "link_information", bitly_link = "bit.ly/abc" }));

        Assert.Equal(group, row["group_guid"]);
        Assert.Equal(Body(file).GetProperty("long_url").GetString(), row["long_url"]);
        Assert.Equal(Body(file).GetProperty("created_at").GetString(), $"{(DateTime)row["created_at"]!:yyyy-MM-dd'T'HH:mm:ss}+0000");
    }

    [Theory]
    [MemberData(nameof(LinkLists))]
    public async Task Popular_Links_finds_its_titles_in_the_recorded_list(string[] pages, int links)
    {
        var ids = Array.Empty<string>();
        var run = Run(request => request.RequestUri!.AbsolutePath.EndsWith("/clicks", StringComparison.Ordinal)
            ? (200, JsonSerializer.Serialize(new { sorted_links = ids.Select(id => new { id, clicks = 1 }) }))
            : Reply(pages[request.RequestUri.Query.Contains("search_after=tok2", StringComparison.Ordinal) ? 1 : 0]));
        ids = [.. pages.SelectMany(page => Body(page).GetProperty("links").EnumerateArray()).Select(link => link.GetProperty("id").GetString()!)];

        var rows = await run.ReadAsync(new { report = "popular_links", group = "g", time_zone = "UTC" });

        Assert.Equal(links, rows.Count);
        Assert.All(rows, row => Assert.NotNull(row["long_url"]));
    }

    [Fact]
    public async Task The_recorded_user_and_groups_are_read()
    {
        IConnector connector = new BitlyConnector();
        var context = Run(request => Reply(request.RequestUri!.AbsolutePath.EndsWith("user", StringComparison.Ordinal)
            ? "philnash-bitly-v4/get_user.json"
            : "philnash-bitly-v4/get_groups.json")).Context(JsonElement.Parse("{}"));

        Assert.Equal("Test User", (await connector.CheckAsync(context, TestContext.Current.CancellationToken)).DisplayName);
        Assert.Equal(
            [new MenuOption("def456", "philnash")],
            await connector.GetMenuAsync(new MenuRequest("groups"), context, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_recorded_organizations_are_offered()
    {
        IConnector connector = new BitlyConnector();
        var context = Run(_ => Reply("philnash-bitly-v4/get_organizations.json")).Context(JsonElement.Parse("{}"));

        Assert.Equal(
            [new MenuOption("abc123", "testorg")],
            await connector.GetMenuAsync(new MenuRequest("organizations"), context, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Every_recording_is_replayed_or_known_not_to_be_read()
    {
        Assert.SkipWhen(Folder is null, Absent);
        var files = Directory.GetFiles(Folder, "*.json", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Folder, file).Replace('\\', '/'));
        string[] replayed =
        [
            "philnash-bitly-v4/get_user.json",
            "philnash-bitly-v4/get_groups.json",
            "philnash-bitly-v4/get_organizations.json",
            .. Reports.Select(row => row.Data.Item1),
            .. Refusals.Select(row => row.Data.Item1),
            .. Bitlinks.Select(row => row.Data.Item1),
            .. LinkLists.SelectMany(row => row.Data.Item1),
        ];

        Assert.Empty(files.Except(replayed).Except(NotRead));
    }

    private static BitlyRun Run(Func<HttpRequestMessage, (int Status, string Body)> reply)
    {
        Assert.SkipWhen(Folder is null, Absent);
        return new BitlyRun(new ReplyingHandler(reply), Now);
    }

    private static (int Status, string Body) Reply(string file)
    {
        var recording = Recording(file);
        var body = recording.GetProperty("body");
        return (
            recording.GetProperty("status").GetInt32(),
            body.TryGetProperty("content_type", out _) ? body.GetProperty("text").GetString()! : body.GetRawText());
    }

    private static JsonElement Body(string file) => Recording(file).GetProperty("body");

    private static JsonElement Recording(string file) => JsonElement.Parse(File.ReadAllText(Path.Combine(Folder!, file)));
}
