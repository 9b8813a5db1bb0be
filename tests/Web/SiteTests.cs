using System.Net;
using System.Text.Json;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.Web;
using ConnectorPlatform.Host.Web.People;
using ConnectorPlatform.Host.Web.Site;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ConnectorPlatform.Tests.Web;

/// <summary>What holds on every page: headers, tokens, failures, assets, theme.</summary>
public sealed class SiteTests
{
    private const string Hostile = "<script>alert(1)</script> \"quotes\" & 'more' \u202e";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/")]
    [InlineData("/no-such-page")]
    [InlineData("/health/live")]
    public async Task Every_answer_forbids_scripts_from_elsewhere_frames_and_guessing_of_types(string path)
    {
        await using var site = await SiteClient.StartAsync();
        using var response = await site.Http.GetAsync(path, Cancellation);

        Assert.Contains("script-src 'self'", Header(response, "Content-Security-Policy"), StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", Header(response, "Content-Security-Policy"), StringComparison.Ordinal);
        Assert.Equal("nosniff", Header(response, "X-Content-Type-Options"));
        Assert.Equal("DENY", Header(response, "X-Frame-Options"));
        Assert.Equal("same-origin", Header(response, "Referrer-Policy"));
    }

    [Fact]
    public async Task A_change_without_the_pages_token_is_refused_and_nothing_is_changed()
    {
        await using var site = await SiteClient.StartAsync();

        using var without = await site.PostWithoutTokenAsync("/settings/theme", ("theme", "dark"));
        using var wrong = await site.PostWithoutTokenAsync("/settings/theme", ("theme", "dark"), ("form-token", "CfDJ8nonsense"));

        Assert.Equal(HttpStatusCode.BadRequest, without.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Contains("load the page anew", await without.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        Assert.DoesNotContain("data-theme", await site.GetAsync("/"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Origin", "http://elsewhere.example")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task A_change_that_another_site_sends_is_refused_on_pages_and_in_the_API(string header, string value)
    {
        await using var site = await SiteClient.StartAsync();
        foreach (var path in new[] { "/settings/theme", "/api/v1/anything" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path);
            request.Headers.Add(header, value);
            using var response = await site.Http.SendAsync(request, Cancellation);

            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        }
    }

    [Theory]
    [InlineData("/settings/notices/new", "application/x-www-form-urlencoded")]
    [InlineData("/api/v1/datasets", "application/json")]
    public async Task A_request_that_is_too_large_is_refused_with_words(string path, string type)
    {
        await using var site = await SiteClient.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(new byte[(8 * 1024 * 1024) + 1]) };
        request.Content.Headers.ContentType = new(type);

        // The server does not read it to its end.
        request.Headers.ExpectContinue = true;
        request.Headers.Add("Origin", site.Address);
        using var response = await site.Http.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Contains("at most 8 MB", await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_foreign_host_name_is_refused()
    {
        await using var site = await SiteClient.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Host = "rebound.example";
        using var response = await site.Http.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.MisdirectedRequest, response.StatusCode);
    }

    [Fact]
    public async Task The_theme_stays_and_the_way_back_leads_only_to_this_host()
    {
        await using var site = await SiteClient.StartAsync();

        var (path, text) = await site.SubmitAsync("/settings/theme", ("theme", "dark"), ("return", "/?sort=name"));
        Assert.Equal("/?sort=name", path);
        Assert.Contains("data-theme=\"dark\"", text, StringComparison.Ordinal);

        foreach (var elsewhere in new[] { "https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "elsewhere", "/\t/elsewhere.example" })
        {
            (path, text) = await site.SubmitAsync("/settings/theme", ("theme", "system"), ("return", elsewhere));
            Assert.Equal("/", path);
            Assert.DoesNotContain("data-theme", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_is_not_there_is_told_on_a_page_and_to_a_program_as_Problem_Details()
    {
        await using var site = await SiteClient.StartAsync();

        Assert.Contains("deleted or mistyped", await site.GetAsync("/no-such-page", HttpStatusCode.NotFound), StringComparison.Ordinal);
        using var answer = await site.Http.GetAsync("/api/no-such-thing", Cancellation);
        var problem = JsonElement.Parse(await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal(404, problem.GetProperty("status").GetInt32());
        Assert.Contains("no operation GET /api/no-such-thing", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_that_nobody_foresaw_shows_a_reference_and_none_of_its_words()
    {
        await using var site = await SiteClient.StartAsync((folder, address) => Server.Build(folder.File("data"), address, server =>
        {
            Pages.MapFrame(server);
            server.MapGet("/fails", (HttpContext _) => throw new InvalidOperationException("the password is canary-5")).Needs(Permission.Read);
            server.MapGet("/api/fails", (HttpContext _) => throw new InvalidOperationException("the password is canary-5")).Needs(Permission.Read);
        }));

        foreach (var path in new[] { "/fails", "/api/fails" })
        {
            var text = await site.GetAsync(path, HttpStatusCode.InternalServerError);
            Assert.Matches("reference: [0-9a-f]{12}", text);
            Assert.DoesNotContain("canary", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_sheet_the_script_and_the_icons_are_kept_for_good_and_sent_small()
    {
        await using var site = await SiteClient.StartAsync();
        var assets = site.Part<Assets>();
        var sizes = 0L;
        foreach (var path in new[] { assets.Sheet.Path, assets.Script.Path, assets.Icons.Path })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Add("Accept-Encoding", "br");
            using var response = await site.Http.SendAsync(request, Cancellation);

            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal("public, max-age=31536000, immutable", Header(response, "Cache-Control"));
            Assert.Equal("br", response.Content.Headers.ContentEncoding.Single());
            sizes += (await response.Content.ReadAsByteArrayAsync(Cancellation)).Length;
        }

        Assert.InRange(sizes, 1, 60_000);
        Assert.Contains(assets.Sheet.Path, await site.GetAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_done_is_said_once_and_as_text()
    {
        await using var site = await SiteClient.StartAsync((folder, address) => Server.Build(folder.File("data"), address, server =>
        {
            Pages.Map(server);
            server.MapPost("/say", (HttpContext context, SiteRenderer renderer) => renderer.Redirect(context, "/", Hostile)).Needs(Permission.Read);
        }));

        var (_, text) = await site.SubmitAsync("/say");

        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", text, StringComparison.Ordinal);
        Assert.DoesNotContain("&lt;script", await site.GetAsync("/"), StringComparison.Ordinal);
    }

    private static string Header(HttpResponseMessage response, string name) => string.Join(", ", response.Headers.GetValues(name));
}
