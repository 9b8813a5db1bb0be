using System.Net;
using System.Text;
using System.Text.Json;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.People.Storage;

namespace ConnectorPlatform.Tests.People;

/// <summary>Signing in and out as a browser does it, and as an attacker tries it.</summary>
public sealed class SignInTests : IAsyncLifetime
{
    private PeopleSite _site = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _site = await PeopleSite.StartAsync();
        _site.Add("ada", Role.Administrator);
        _site.Add("vera", Role.Viewer);
    }

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task Who_is_not_signed_in_is_led_to_the_sign_in_and_back()
    {
        var browser = _site.Open();
        using var refused = await browser.Http.GetAsync("/runs?x=1", Cancellation);

        Assert.Equal(HttpStatusCode.SeeOther, refused.StatusCode);
        Assert.Equal("/sign-in?return=%2Fruns%3Fx%3D1", refused.Headers.Location!.OriginalString);
        Assert.DoesNotContain("Data Center", await browser.GetAsync("/sign-in"), StringComparison.Ordinal);
        using var answer = await browser.PostAsync("/sign-in?return=%2Fruns%3Fx%3D1", "/sign-in", ("name", "VERA"), ("password", PeopleSite.Password), ("return", "/runs?x=1"));
        Assert.Equal("/runs?x=1", answer.Headers.Location!.OriginalString);
        Assert.Contains("vera", await browser.GetAsync("/runs"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_piece_of_a_page_sends_the_whole_page_to_the_sign_in()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/?q=x");
        request.Headers.Add("HX-Request", "true");
        request.Headers.Add("HX-Current-URL", $"{_site.Site.Address}/?view=all");
        using var answer = await _site.Open().Http.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("/sign-in?return=%2F%3Fview%3Dall", answer.Headers.GetValues("HX-Redirect").Single());
    }

    [Fact]
    public async Task The_API_tells_who_is_not_signed_in_how_to_be()
    {
        using var answer = await _site.Open().Http.GetAsync("/api/v1/datasets", Cancellation);
        var problem = JsonElement.Parse(await answer.Content.ReadAsStringAsync(Cancellation));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.Single().Scheme);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Contains("token add", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_cookie_of_a_session_is_out_of_reach_of_scripts_and_other_sites()
    {
        using var answer = await _site.Open().PostAsync("/sign-in", "/sign-in", ("name", "vera"), ("password", PeopleSite.Password));
        var cookie = answer.Headers.GetValues("Set-Cookie").Single(value => value.StartsWith("session=", StringComparison.Ordinal));

        Assert.Contains("httponly", cookie, StringComparison.Ordinal);
        Assert.Contains("samesite=lax", cookie, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_that_was_put_into_a_browser_beforehand_opens_nothing_after_the_sign_in()
    {
        var attacker = await _site.SignInAsync("vera");
        var fixedKey = attacker.Key!;
        var victim = _site.Open();
        victim.Set(fixedKey);
        using var page = await victim.PostAsync("/profile", "/sign-in", ("name", "ada"), ("password", PeopleSite.Password));

        Assert.Equal(HttpStatusCode.SeeOther, page.StatusCode);
        Assert.NotEqual(fixedKey, victim.Key);
        Assert.Equal(HttpStatusCode.SeeOther, await attacker.StatusAsync("/"));
        Assert.Contains("ada", await victim.GetAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cookie_that_was_tampered_with_is_that_of_nobody()
    {
        var key = (await _site.SignInAsync("vera")).Key!;
        foreach (var tampered in new[] { key[..^1] + (key[^1] == 'A' ? 'B' : 'A'), key + "A", key.ToUpperInvariant(), "x", Convert.ToHexString(Encoding.UTF8.GetBytes(key)) })
        {
            var browser = _site.Open();
            browser.Set(tampered);
            Assert.Equal(HttpStatusCode.SeeOther, await browser.StatusAsync("/"));
        }
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("/\t/evil.example/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("")]
    public async Task After_the_sign_in_nobody_is_led_to_another_site(string next)
    {
        using var answer = await _site.Open().PostAsync("/sign-in", "/sign-in", ("name", "vera"), ("password", PeopleSite.Password), ("return", next));

        Assert.Equal("/", answer.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task A_form_without_its_token_and_one_of_another_session_change_nothing()
    {
        var (ada, vera) = (await _site.SignInAsync("ada"), await _site.SignInAsync("vera"));
        using var bare = await ada.PostBareAsync("/settings/people", ("name", "mallory"), ("role", "administrator"));
        using var foreign = await ada.PostBareAsync("/settings/people", ("name", "mallory"), ("role", "administrator"), ("form-token", await vera.TokenAsync("/")));

        Assert.Equal(HttpStatusCode.BadRequest, bare.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, foreign.StatusCode);
        Assert.Null(_site.Part<PersonStore>().FindByName("mallory"));
    }

    [Fact]
    public async Task A_browser_changes_something_through_the_API_only_with_the_token_of_a_page()
    {
        var ada = await _site.SignInAsync("ada");
        Assert.Equal(HttpStatusCode.BadRequest, (await PutZoneAsync(ada, null)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await PutZoneAsync(ada, await ada.TokenAsync("/"))).StatusCode);

        static async Task<HttpResponseMessage> PutZoneAsync(SiteBrowser browser, string? token)
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/settings") { Content = new StringContent("""{"zone":"Europe/Berlin"}""", Encoding.UTF8, "application/json") };
            if (token is not null)
            {
                request.Headers.Add("X-Form-Token", token);
            }

            return await browser.Http.SendAsync(request, Cancellation);
        }
    }

    [Fact]
    public async Task After_five_wrong_passwords_also_the_right_one_has_to_wait_and_names_that_nobody_has_are_treated_alike()
    {
        foreach (var name in new[] { "vera", "nobody" })
        {
            var browser = _site.Open();
            for (var attempt = 0; attempt < 5; attempt++)
            {
                using var wrong = await browser.PostAsync("/sign-in", "/sign-in", ("name", name), ("password", "wrong"));
                Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
                Assert.Contains("The name or the password is wrong", await wrong.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
            }

            using var locked = await browser.PostAsync("/sign-in", "/sign-in", ("name", name), ("password", PeopleSite.Password));
            Assert.Equal(HttpStatusCode.TooManyRequests, locked.StatusCode);
            Assert.InRange(locked.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 15);
        }
    }

    [Fact]
    public void As_many_hashes_are_computed_for_a_name_that_nobody_has()
    {
        var (signIn, passwords) = (_site.Part<SignIn>(), _site.Part<Passwords>());
        var before = passwords.Checks;
        _ = signIn.Try("vera", "wrong", "10.0.0.1");
        var known = passwords.Checks - before;
        _ = signIn.Try("nobody", "wrong", "10.0.0.1");

        Assert.Equal(1, known);
        Assert.Equal(known, passwords.Checks - before - known);
    }

    [Fact]
    public async Task Signing_out_ends_the_session_for_who_has_kept_its_cookie()
    {
        var browser = await _site.SignInAsync("vera");
        var kept = _site.Open();
        kept.Set(browser.Key!);
        Assert.Equal(HttpStatusCode.OK, await kept.StatusAsync("/"));
        using var answer = await browser.PostAsync("/", "/sign-out");

        Assert.Equal("/sign-in", answer.Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.SeeOther, await kept.StatusAsync("/"));
    }

    [Fact]
    public async Task A_changed_password_ends_the_other_sessions_and_needs_the_present_one()
    {
        var (here, elsewhere) = (await _site.SignInAsync("vera"), await _site.SignInAsync("vera"));
        const string Next = "a rather different sentence";
        using var refused = await here.PostAsync("/profile", "/profile/password", ("password", "not mine"), ("new-password", Next), ("again", Next));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await elsewhere.StatusAsync("/"));
        using var done = await here.PostAsync("/profile", "/profile/password", ("password", PeopleSite.Password), ("new-password", Next), ("again", Next));

        Assert.Equal(HttpStatusCode.SeeOther, done.StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, await elsewhere.StatusAsync("/"));
        Assert.Equal(HttpStatusCode.OK, await here.StatusAsync("/"));
    }

    [Fact]
    public async Task One_ends_ones_own_sessions_and_not_those_of_others()
    {
        var (here, elsewhere, ada) = (await _site.SignInAsync("vera"), await _site.SignInAsync("vera"), await _site.SignInAsync("ada"));
        var sessions = _site.Part<SessionStore>();
        var foreign = sessions.Find(ada.Key!)!;
        using var nothing = await here.PostAsync("/profile", $"/profile/sessions/{foreign.Id}/end");
        using var ended = await here.PostAsync("/profile", $"/profile/sessions/{sessions.Find(elsewhere.Key!)!.Id}/end");

        Assert.Equal(HttpStatusCode.OK, await ada.StatusAsync("/"));
        Assert.Equal(HttpStatusCode.SeeOther, await elsewhere.StatusAsync("/"));
    }
}
