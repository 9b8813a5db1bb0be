using System.Net;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.People.Storage;

namespace ConnectorPlatform.Tests.People;

/// <summary>Signing in at an OpenID provider, which is a real one.</summary>
public sealed class ProviderSignInTests : IAsyncLifetime
{
    private ProviderServer _provider = null!;
    private PeopleSite _site = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _provider = await ProviderServer.StartAsync();
        _site = await PeopleSite.StartAsync(_provider.Settings);
    }

    public async ValueTask DisposeAsync()
    {
        await _site.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task Who_signs_in_there_is_a_person_here_with_the_role_of_their_group()
    {
        var browser = _site.Open();
        Assert.Contains("/sign-in/provider?return=%2Fruns", await browser.GetAsync("/sign-in?return=%2Fruns"), StringComparison.Ordinal);

        Assert.Equal("/runs", await SignInAsync(browser, "/runs"));
        var person = Assert.Single(_site.Part<PersonStore>().List());
        Assert.Equal(("ada@example.com", Role.Administrator), (person.Name, person.Role));
        Assert.Equal(HttpStatusCode.OK, await browser.StatusAsync("/settings/people"));
    }

    [Fact]
    public async Task The_role_is_read_anew_at_each_sign_in_and_the_person_stays_the_same()
    {
        var browser = _site.Open();
        await SignInAsync(browser, "/");
        _provider.User = ("subject-1", "renamed@example.com", ["data-people", "others"]);
        await SignInAsync(browser, "/");

        var person = Assert.Single(_site.Part<PersonStore>().List());
        Assert.Equal(("ada@example.com", Role.Viewer), (person.Name, person.Role));
        Assert.Equal(HttpStatusCode.Forbidden, await browser.StatusAsync("/settings/people"));
    }

    [Fact]
    public async Task Who_has_the_address_of_a_local_person_is_somebody_else()
    {
        var local = _site.Add("ada@example.com", Role.Operator);
        _provider.User = ("subject-2", "ADA@example.com", ["data-people"]);
        await SignInAsync(_site.Open(), "/");

        var people = _site.Part<PersonStore>().List();
        Assert.Equal(2, people.Count);
        Assert.Equal(Role.Operator, _site.Part<PersonStore>().FindById(local.Id)!.Role);
        Assert.Equal("ADA@example.com (127.0.0.1)", people.Single(person => person.Issuer is not null).Name);
    }

    [Fact]
    public async Task Who_is_in_no_group_with_a_role_is_refused_with_the_reason()
    {
        _provider.User = ("subject-3", "eve@example.com", ["others"]);
        var browser = _site.Open();
        using var answer = await EndAsync(browser, await BeginAsync(browser, "/"));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("None of your groups", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        Assert.Empty(_site.Part<PersonStore>().List());
    }

    [Fact]
    public async Task Who_is_disabled_here_does_not_come_in_from_there()
    {
        _site.Add("bo", Role.Administrator);
        await SignInAsync(_site.Open(), "/");
        _site.Part<PeopleSetup>().Disable(_site.Part<PersonStore>().Get("ada@example.com"));
        var browser = _site.Open();
        using var answer = await EndAsync(browser, await BeginAsync(browser, "/"));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Null(browser.Key);
    }

    [Fact]
    public async Task An_answer_that_another_browser_has_begun_signs_nobody_in()
    {
        var (victim, attacker) = (_site.Open(), _site.Open());
        using var answer = await EndAsync(victim, await BeginAsync(attacker, "/"));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Null(victim.Key);
    }

    [Fact]
    public async Task A_provider_that_says_no_leads_to_words_and_not_to_an_error()
    {
        _provider.Denies = true;
        var browser = _site.Open();
        using var answer = await EndAsync(browser, await BeginAsync(browser, "/"));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("did not sign you in", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_way_back_leads_to_no_other_site() => Assert.Equal("/", await SignInAsync(_site.Open(), "https://evil.example/"));

    /// <returns>Where it led.</returns>
    private static async Task<string> SignInAsync(SiteBrowser browser, string next)
    {
        using var answer = await EndAsync(browser, await BeginAsync(browser, next));
        Assert.True(answer.StatusCode == HttpStatusCode.Found, await answer.Content.ReadAsStringAsync(Cancellation));
        return answer.Headers.Location!.OriginalString;
    }

    /// <returns>The address with which the provider sends the browser back.</returns>
    private static async Task<Uri> BeginAsync(SiteBrowser browser, string next)
    {
        using var begun = await browser.Http.GetAsync($"/sign-in/provider?return={Uri.EscapeDataString(next)}", Cancellation);
        Assert.Equal(HttpStatusCode.Found, begun.StatusCode);
        using var there = await browser.Http.GetAsync(begun.Headers.Location, Cancellation);
        Assert.True(there.StatusCode == HttpStatusCode.Found, await there.Content.ReadAsStringAsync(Cancellation));
        return there.Headers.Location!;
    }

    private static Task<HttpResponseMessage> EndAsync(SiteBrowser browser, Uri back) => browser.Http.GetAsync(back, Cancellation);
}
