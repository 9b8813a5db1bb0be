using System.Net;
using ConnectorPlatform.Host.Notices;
using ConnectorPlatform.Host.Notices.Storage;
using ConnectorPlatform.Host.Schedules;
using ConnectorPlatform.Host.Web.Settings;
using ConnectorPlatform.Tests.Http;
using Microsoft.AspNetCore.Http;

namespace ConnectorPlatform.Tests.Web;

public sealed class SettingsPagesTests : IAsyncLifetime
{
    private SiteClient _site = null!;

    public async ValueTask InitializeAsync() => _site = await SiteClient.StartAsync();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task The_platforms_zone_is_chosen_here_and_pages_tell_times_in_it()
    {
        var (_, page) = await _site.SubmitAsync("/settings/zone", ("zone", "Asia/Tokyo"));
        Assert.Contains("&#x2B;09:00", page, StringComparison.Ordinal);
        Assert.Equal("Asia/Tokyo", _site.Part<PlatformZone>().Current.Id);

        var refused = await _site.SubmitWronglyAsync("/settings/zone", ("zone", "Mars/<b>"));
        Assert.Contains("value=\"Mars/&lt;b&gt;\"", refused, StringComparison.Ordinal);
        Assert.Equal("Asia/Tokyo", _site.Part<PlatformZone>().Current.Id);
    }

    [Theory]
    [InlineData("from=soon", "\u0022soon\u0022 is no day")]
    [InlineData("from=2026-11-02&to=2026-11-01", "The first day, 2026-11-02, is after the last, 2026-11-01.")]
    public async Task Days_of_the_audit_log_that_cannot_be_are_told(string asked, string told)
    {
        var page = await _site.GetAsync($"/settings/audit?{asked}", HttpStatusCode.BadRequest);

        Assert.Contains(told, WebUtility.HtmlDecode(page), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_configuration_decides_is_shown_with_its_name()
    {
        var page = await _site.GetAsync("/settings/limits");
        Assert.Contains("Runs__KeepHistory", page, StringComparison.Ordinal);
        Assert.Contains("90 days", page, StringComparison.Ordinal);
        Assert.Contains("Connectors__Workers__MemoryMegabytes", page, StringComparison.Ordinal);
        Assert.Contains("1,024 MB", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task About_tells_versions_licences_and_the_validations_that_are_left()
    {
        var page = await _site.GetAsync("/settings/about");
        Assert.Matches("[0-9,]+ of 1,000 are left", page);
        Assert.Contains("Newtonsoft.Json.Schema", page, StringComparison.Ordinal);
        Assert.Contains("The metadata store: well", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_package_of_the_host_is_listed_with_its_licence()
    {
        Assert.True(PackageLicences.All.Count > 20);
        Assert.Equal("Apache-2.0", PackageLicences.All.Single(package => package.Id == "Dapper").Licence);
        Assert.DoesNotContain(PackageLicences.All, package => package.Version.Length == 0 || package.Licence == "Not said");
    }

    [Fact]
    public async Task A_notice_rule_is_added_tried_and_removed_and_its_secret_is_never_shown()
    {
        const string Secret = "a-long-secret-path";
        await using var receiver = await LoopbackSource.StartAsync(context => context.Response.WriteAsync("ok"));
        var (_, added) = await _site.SubmitAsync(
            "/settings/notices/new", ("name", "Chat"), ("channel", "Slack"), ("on", "FirstFailure"), ("on", "Recovery"), ("url", $"{receiver.Address}{Secret}"));
        Assert.Contains("Chat", added, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, added, StringComparison.Ordinal);
        var rule = _site.Part<NoticeRuleStore>().Get("chat");
        Assert.Equal([NoticeCause.FirstFailure, NoticeCause.Recovery], rule.Causes);

        var (_, tried) = await _site.SubmitAsync($"/settings/notices/{rule.Id}/test");
        Assert.Contains("The test was delivered", tried, StringComparison.Ordinal);
        Assert.Equal($"/{Secret}", Assert.Single(receiver.Requests).PathAndQuery);

        await _site.SubmitAsync($"/settings/notices/{rule.Id}/remove");
        Assert.Empty(_site.Part<NoticeRuleStore>().List());
    }

    [Fact]
    public async Task A_rule_that_could_not_work_is_refused_with_what_was_typed_but_not_its_secrets()
    {
        var refused = await _site.SubmitWronglyAsync(
            "/settings/notices/new", ("name", "Mail"), ("channel", "Email"), ("on", "Late"), ("to", "someone@example.com"), ("password", "hunter2hunter2"), ("port", "587"));
        Assert.Contains("needs receivers, a sender, and a mail server", refused, StringComparison.Ordinal);
        Assert.Contains("value=\"someone@example.com\"", refused, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", refused, StringComparison.Ordinal);
        Assert.Contains("href=\"#notice-from\"", refused, StringComparison.Ordinal);
        Assert.Contains("aria-describedby=\"notice-from-error\"", refused, StringComparison.Ordinal);
        Assert.Contains("There is no DataSet", await _site.SubmitWronglyAsync("/settings/notices/new", ("name", "x"), ("channel", "Slack"), ("dataset", "nobody")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("signingKey", "channel=Webhook", "url=https://example.com/x", "key=short")]
    [InlineData("url", "channel=Slack", "url=http://example.com/x")]
    [InlineData("to", "channel=Email", "to=nobody", "from=a@example.com", "server=mail.example.com", "port=587")]
    [InlineData("from", "channel=Email", "to=a@example.com", "from=nobody", "server=mail.example.com", "port=587")]
    [InlineData("encryption", "channel=Email", "to=a@example.com", "from=a@example.com", "server=mail.example.com", "port=587", "encryption=None")]
    [InlineData("password", "channel=Email", "to=a@example.com", "from=a@example.com", "server=mail.example.com", "port=587", "user=me")]
    [InlineData("port", "channel=Email", "to=a@example.com", "from=a@example.com", "server=mail.example.com", "port=99999")]
    [InlineData("dataSet", "channel=Slack", "dataset=nobody's")]
    public async Task What_is_wrong_with_a_rule_stands_at_its_field(string field, params string[] filled)
    {
        var page = await _site.SubmitWronglyAsync(
            "/settings/notices/new", [("name", "Rule"), ("on", "Late"), .. filled.Select(text => text.Split('=', 2)).Select(pair => (pair[0], pair[1]))]);

        Assert.Contains($"href=\"#notice-{field}\"", page, StringComparison.Ordinal);
        Assert.Contains($"id=\"notice-{field}-error\"", page, StringComparison.Ordinal);
        Assert.Matches($"id=\"notice-{field}\" aria-invalid=\"true\"", page);
    }
}
