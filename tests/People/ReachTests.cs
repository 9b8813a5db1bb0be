using System.Net;
using ConnectorPlatform.Host;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.People.Storage;
using ConnectorPlatform.Host.Web;
using ConnectorPlatform.Host.Web.People;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.People;

/// <summary>Beyond loopback: names, proxies, HTTPS.</summary>
public sealed class ReachTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://*:0")]
    [InlineData("https://[::]:5443")]
    public void With_sign_in_any_address_is_listened_on_and_without_it_none_beyond_loopback(string address)
    {
        Assert.Equal(address, Reach.CheckAddress(address, SignInMode.Required));
        Assert.Contains("loopback only", Assert.Throws<PlatformException>(() => Reach.CheckAddress(address, SignInMode.Off)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("5080")]
    [InlineData("ftp://127.0.0.1:21")]
    [InlineData("http://127.0.0.1:5080;http://0.0.0.0:5081")]
    public void What_is_no_address_is_refused(string address) => Assert.Throws<PlatformException>(() => Reach.CheckAddress(address, SignInMode.Required));

    [Fact]
    public async Task A_server_answers_to_the_names_that_the_operator_allows_and_to_no_others()
    {
        await using var site = await PeopleSite.StartAsync(new KeyValuePair<string, string?>("Web:AllowedHosts", "platform.example; other.example"));

        foreach (var (name, expected) in new[] { ("platform.example", HttpStatusCode.OK), ("OTHER.example:8080", HttpStatusCode.OK), ("evil.example", HttpStatusCode.MisdirectedRequest), ("platform.example.evil.example", HttpStatusCode.MisdirectedRequest) })
        {
            using var answer = await SendAsync(site.Open(), "/sign-in", ("Host", name));
            Assert.True(answer.StatusCode == expected, $"{name}: {answer.StatusCode}");
        }
    }

    [Fact]
    public async Task Only_a_proxy_that_the_operator_names_is_believed_where_a_request_came_from()
    {
        foreach (var isNamed in new[] { true, false })
        {
            await using var site = await PeopleSite.StartAsync(new KeyValuePair<string, string?>("Web:Proxies", isNamed ? "127.0.0.0/8" : "10.0.0.7"));
            site.Add("vera", Role.Viewer);
            var browser = site.Open();
            browser.Http.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.9");
            browser.Http.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
            using var page = await SendAsync(browser, "/sign-in");
            var formCookie = Assert.Single(page.Headers.GetValues("Set-Cookie"));
            Assert.Equal(isNamed, formCookie.Contains("; secure", StringComparison.Ordinal));

            // The browser's way to the proxy is HTTPS, and so it sends what is marked so.
            browser.Set("form-token", formCookie.Split(';')[0]["form-token=".Length..]);
            using var answer = await browser.PostAsync("/sign-in", "/sign-in", ("name", "vera"), ("password", PeopleSite.Password));

            Assert.Equal(isNamed, page.Headers.Contains("Strict-Transport-Security"));
            Assert.Equal(isNamed, answer.Headers.GetValues("Set-Cookie").Any(cookie => cookie.StartsWith("__Host-session=", StringComparison.Ordinal) && cookie.Contains("; secure", StringComparison.Ordinal)));
            Assert.Equal(isNamed ? "203.0.113.9" : "127.0.0.1", Assert.Single(site.Part<SessionStore>().ListOf(site.Part<PersonStore>().Get("vera").Id)).Address);
        }
    }

    [Fact]
    public async Task Metrics_are_told_to_programs_of_this_machine_and_to_those_with_a_token()
    {
        await using var site = await PeopleSite.StartAsync();
        var key = site.Part<ApiTokenStore>().Add(site.Add("vera", Role.Viewer).Id, "prometheus", [TokenScope.Read], TimeSpan.FromDays(1)).Key;
        using var here = await SendAsync(site.Open(), "/metrics");
        using var beyond = await SendAsync(site.Open(), "/metrics", ("X-Forwarded-For", "203.0.113.9"));
        using var withToken = await SendAsync(site.Open(), "/metrics", ("X-Forwarded-For", "203.0.113.9"), ("Authorization", $"Bearer {key}"));

        Assert.Equal(HttpStatusCode.OK, here.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, beyond.StatusCode);
        Assert.Equal(HttpStatusCode.OK, withToken.StatusCode);
    }

    [Fact]
    public async Task HTTPS_without_a_certificate_says_what_to_set()
    {
        using var folder = new TemporaryFolder();
        await using var server = Server.Build(folder.File("data"), "https://127.0.0.1:0", Pages.Map, new KeyValuePair<string, string?>("Kestrel:Certificates:Default:Path", folder.File("none.pfx")));
        var exception = await Assert.ThrowsAsync<PlatformException>(() => server.ListenAsync(Cancellation));
        await server.StopPlatformAsync();

        Assert.Contains("certificate", exception.Message, StringComparison.Ordinal);
    }

    private static async Task<HttpResponseMessage> SendAsync(SiteBrowser browser, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await browser.Http.SendAsync(request, Cancellation);
    }
}
