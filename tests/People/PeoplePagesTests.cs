using System.Net;
using System.Text.RegularExpressions;
using ConnectorPlatform.Host;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.People.Storage;

namespace ConnectorPlatform.Tests.People;

/// <summary>How people come in, change and go.</summary>
public sealed partial class PeoplePagesTests : IAsyncLifetime
{
    private PeopleSite _site = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _site = await PeopleSite.StartAsync();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task The_first_link_makes_one_administrator_once()
    {
        var setup = _site.Part<PeopleSetup>();
        var (older, key) = (setup.OpenSetup(), setup.OpenSetup());
        var browser = _site.Open();

        // A start makes the links of the starts before it void.
        Assert.Equal(HttpStatusCode.NotFound, await browser.StatusAsync($"/welcome/{older}"));
        using var weak = await browser.PostAsync($"/welcome/{key}", $"/welcome/{key}", ("name", "ada"), ("password", "password1234"), ("again", "password1234"));
        Assert.Equal(HttpStatusCode.BadRequest, weak.StatusCode);
        using var done = await browser.PostAsync($"/welcome/{key}", $"/welcome/{key}", ("name", "ada"), ("password", PeopleSite.Password), ("again", PeopleSite.Password));
        Assert.Equal("/", done.Headers.Location!.OriginalString);

        Assert.Contains("ada", await browser.GetAsync("/settings/people"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, await _site.Open().StatusAsync($"/welcome/{key}"));
        Assert.Null(setup.OpenSetup());
    }

    [Fact]
    public async Task A_link_that_several_use_at_once_lets_one_in()
    {
        var key = _site.Part<PeopleSetup>().OpenSetup()!;
        var browsers = Enumerable.Range(0, 4).Select(_ => _site.Open()).ToList();
        var answers = await Task.WhenAll(browsers.Select((browser, index) => browser.PostAsync(
            $"/welcome/{key}", $"/welcome/{key}", ("name", $"ada{index}"), ("password", PeopleSite.Password), ("again", PeopleSite.Password))));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.SeeOther);
        Assert.Single(_site.Part<PersonStore>().List());
    }

    [Fact]
    public async Task An_administrator_brings_somebody_in_who_chooses_a_password()
    {
        _site.Add("ada", Role.Administrator);
        var ada = await _site.SignInAsync("ada");
        using var invited = await ada.PostAsync("/settings/people", "/settings/people", ("name", "<b>eve</b>"), ("role", "Editor"));
        var text = await invited.Content.ReadAsStringAsync(Cancellation);
        var path = new Uri(LinkText().Match(text).Groups[1].Value).PathAndQuery;
        Assert.DoesNotContain("<b>eve", text, StringComparison.Ordinal);

        var eve = _site.Open();
        using var chosen = await eve.PostAsync(path, path, ("password", PeopleSite.Password), ("again", PeopleSite.Password));
        Assert.Equal(HttpStatusCode.SeeOther, chosen.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await eve.StatusAsync("/new"));
        Assert.Equal(HttpStatusCode.Forbidden, await eve.StatusAsync("/settings/people"));
    }

    [Fact]
    public async Task Who_is_disabled_is_signed_out_and_comes_in_by_nothing()
    {
        _site.Add("ada", Role.Administrator);
        var person = _site.Add("vera", Role.Viewer);
        var (ada, vera) = (await _site.SignInAsync("ada"), await _site.SignInAsync("vera"));
        var (_, token) = _site.Part<ApiTokenStore>().Add(person.Id, "script", [TokenScope.Read], TimeSpan.FromDays(1));
        using var done = await ada.PostAsync("/settings/people", $"/settings/people/{person.Id}/disable");
        Assert.Equal(HttpStatusCode.SeeOther, done.StatusCode);

        Assert.Equal(HttpStatusCode.SeeOther, await vera.StatusAsync("/"));
        using var again = await vera.PostAsync("/sign-in", "/sign-in", ("name", "vera"), ("password", PeopleSite.Password));
        Assert.Equal(HttpStatusCode.BadRequest, again.StatusCode);
        var program = _site.Open();
        program.Http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        Assert.Equal(HttpStatusCode.Unauthorized, await program.StatusAsync("/api/v1/datasets"));
    }

    [Fact]
    public async Task A_role_that_was_taken_is_gone_at_the_next_request()
    {
        _site.Add("ada", Role.Administrator);
        var person = _site.Add("olga", Role.Operator);
        var olga = await _site.SignInAsync("olga");
        Assert.Equal(HttpStatusCode.OK, await olga.StatusAsync("/settings"));
        _site.Part<PeopleSetup>().SetRole(person, Role.Viewer);

        Assert.Equal(HttpStatusCode.Forbidden, await olga.StatusAsync("/settings"));
    }

    [Fact]
    public void The_only_administrator_stays_one()
    {
        var (setup, ada) = (_site.Part<PeopleSetup>(), _site.Add("ada", Role.Administrator));

        Assert.Contains("only administrator", Assert.Throws<PlatformException>(() => setup.Disable(ada)).Message, StringComparison.Ordinal);
        Assert.Throws<PlatformException>(() => setup.SetRole(ada, Role.Operator));
        _site.Add("bo", Role.Administrator);
        Assert.True(setup.Disable(ada).IsDisabled);
    }

    [Fact]
    public async Task A_new_password_by_a_link_ends_the_old_sessions_and_the_old_password()
    {
        var person = _site.Add("vera", Role.Viewer);
        var old = await _site.SignInAsync("vera");
        var path = $"/welcome/{_site.Part<PeopleSetup>().OpenReset(person)}";
        Assert.Equal(HttpStatusCode.OK, await old.StatusAsync("/"));
        const string Next = "a rather different sentence";
        using var chosen = await _site.Open().PostAsync(path, path, ("password", Next), ("again", Next));

        Assert.Equal(HttpStatusCode.SeeOther, chosen.StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, await old.StatusAsync("/"));
        Assert.Null(_site.Part<SignIn>().Try("vera", PeopleSite.Password, "10.0.0.1").Person);
        Assert.NotNull(_site.Part<SignIn>().Try("vera", Next, "10.0.0.1").Person);
    }

    [Fact]
    public async Task The_link_of_a_demonstration_signs_its_visitor_in_once()
    {
        var path = $"/welcome/{_site.Part<PeopleSetup>().OpenDemo()}";
        var browser = _site.Open();

        Assert.Equal(HttpStatusCode.SeeOther, await browser.StatusAsync(path));
        Assert.Equal(HttpStatusCode.OK, await browser.StatusAsync("/settings/people"));
        Assert.Equal(HttpStatusCode.NotFound, await _site.Open().StatusAsync(path));

        // The visitor has no password: the first administrator is still to come.
        Assert.NotNull(_site.Part<PeopleSetup>().OpenSetup());
    }

    [GeneratedRegex("<code class=\"one-time\">([^<]+)</code>")]
    private static partial Regex LinkText();
}
