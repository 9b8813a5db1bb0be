using System.Net;
using System.Text.Json;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Sessions;
using ConnectorPlatform.Host.Web;
using ConnectorPlatform.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace ConnectorPlatform.Tests.Web;

public sealed class AccountPagesTests : IAsyncLifetime
{
    private const string Token = "canary-token-of-an-account";

    private GreetingSource _source = null!;
    private SiteClient _site = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private AccountStore Accounts => _site.Part<AccountStore>();

    public async ValueTask InitializeAsync()
    {
        _source = await GreetingSource.StartAsync();
        _source.Instead = AnswerAsUserAsync;
        _site = await SiteClient.StartAsync((folder, address) =>
        {
            var server = Server.Build(folder.File("data"), address);
            server.Configuration["Connectors:bitly:BaseAddress"] = _source.Address.ToString();
            return server;
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _site.DisposeAsync();
        await _source.DisposeAsync();
    }

    [Fact]
    public async Task The_empty_list_leads_to_a_new_account_by_way_of_a_connector()
    {
        Assert.Contains("href=\"/accounts/new\"", await _site.GetAsync("/accounts"), StringComparison.Ordinal);
        Assert.Contains("href=\"/accounts/new?connector=bitly\"", await _site.GetAsync("/accounts/new"), StringComparison.Ordinal);
        Assert.Contains("name=\"/access_token\"", await _site.GetAsync("/accounts/new?connector=bitly"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_is_tested_stored_and_shown_with_whose_it_is_and_never_with_its_secret()
    {
        var (path, page) = await _site.SubmitAsync("/accounts/new", ("connector", "bitly"), ("name", "Marketing"), ("check", "true"), ("/access_token", Token));

        var account = Accounts.Get("Marketing");
        Assert.Equal($"/accounts/{account.Id}", path);
        Assert.Equal("The Owner", account.Identity);
        Assert.Contains("The account “Marketing” is connected.", page, StringComparison.Ordinal);
        Assert.Contains("<span class=\"state good\">Connected</span>", await _site.GetAsync("/accounts"), StringComparison.Ordinal);
        foreach (var place in new[] { "/accounts", path, $"{path}/credentials", $"{path}/delete" })
        {
            Assert.DoesNotContain(Token, await _site.GetAsync(place), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_new_account_leads_back_to_who_asked_for_it_but_never_to_another_site()
    {
        var (back, _) = await _site.SubmitAsync("/accounts/new", ("connector", "bitly"), ("name", "One"), ("return", "/accounts?from=draft"), ("/access_token", Token));
        var (home, _) = await _site.SubmitAsync("/accounts/new", ("connector", "bitly"), ("name", "Two"), ("return", "//evil.example/"), ("/access_token", Token));

        Assert.Equal($"/accounts?from=draft&account={Accounts.Get("One").Id}", back);
        Assert.Equal("/", home);
    }

    [Fact]
    public async Task What_is_wrong_stands_at_its_field_and_what_was_typed_is_kept_but_for_the_secret()
    {
        await _site.SubmitAsync("/accounts/new", ("connector", "bitly"), ("name", "Taken"), ("/access_token", Token));

        var empty = await _site.SubmitWronglyAsync("/accounts/new", ("connector", "bitly"), ("name", "Mine"), ("/access_token", ""));
        var taken = await _site.SubmitWronglyAsync("/accounts/new", ("connector", "bitly"), ("name", "taken"), ("/access_token", Token));

        Assert.Contains("<a href=\"#field-access_token\">Paste your Bitly access token.</a>", empty, StringComparison.Ordinal);
        Assert.Contains("value=\"Mine\"", empty, StringComparison.Ordinal);
        Assert.Contains("<a href=\"#name\">There is an account &quot;taken&quot; already", taken, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, taken, StringComparison.Ordinal);
        Assert.Single(Accounts.List());
    }

    [Fact]
    public async Task Credentials_that_the_source_refuses_are_not_stored_unless_the_user_wants_it()
    {
        _source.Instead = RefuseAsync;

        var refused = await _site.SubmitWronglyAsync("/accounts/new", ("connector", "bitly"), ("name", "Old"), ("check", "true"), ("/access_token", Token));
        Assert.Empty(Accounts.List());
        await _site.SubmitAsync("/accounts/new", ("connector", "bitly"), ("name", "Old"), ("/access_token", Token));

        Assert.Contains("untick “Test before saving”", refused, StringComparison.Ordinal);
        Assert.Contains("Never checked", await _site.GetAsync("/accounts"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_test_says_what_it_has_found_and_a_refusal_asks_to_reconnect()
    {
        var (path, _) = await _site.SubmitAsync("/accounts/new", ("connector", "bitly"), ("name", "Mine"), ("/access_token", Token));

        var (_, works) = await _site.SubmitAsync($"{path}/test");
        _source.Instead = RefuseAsync;
        var (_, refused) = await _site.SubmitAsync($"{path}/test");
        _source.Instead = AnswerAsUserAsync;
        var (_, reconnected) = await _site.SubmitAsync($"{path}/credentials", ("check", "true"), ("/access_token", "another-token"));

        Assert.Contains("The account works: The Owner.", works, StringComparison.Ordinal);
        Assert.Contains("Reconnect needed", refused, StringComparison.Ordinal);
        Assert.Contains("<span class=\"state good\">Connected</span>", reconnected, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_that_is_left_empty_stays_and_another_takes_its_place()
    {
        var (path, _) = await _site.SubmitAsync("/accounts/new", ("connector", "bitly"), ("name", "Mine"), ("/access_token", Token));

        await _site.SubmitAsync($"{path}/credentials", ("/access_token", ""));
        Assert.Equal(Token, Accounts.Reveal(Accounts.Get("Mine"), "a test").GetProperty("access_token").GetString());
        await _site.SubmitAsync($"{path}/credentials", ("/access_token", "another-token"));

        Assert.Equal("another-token", Accounts.Reveal(Accounts.Get("Mine"), "a test").GetProperty("access_token").GetString());
        Assert.Contains("A value is stored. Leave empty to keep it.", await _site.GetAsync($"{path}/credentials"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_is_renamed_but_not_to_what_another_is_called()
    {
        var (path, _) = await _site.SubmitAsync("/accounts/new", ("connector", "bitly"), ("name", "One"), ("/access_token", Token));
        await _site.SubmitAsync("/accounts/new", ("connector", "bitly"), ("name", "Two"), ("/access_token", Token));
        var before = Accounts.Get("One").UpdatedAt;

        var refused = await _site.SubmitWronglyAsync($"{path}/rename", ("name", "TWO"));
        await _site.SubmitAsync($"{path}/rename", ("name", "Three"));

        Assert.Contains("value=\"TWO\"", refused, StringComparison.Ordinal);
        Assert.Equal(before, Accounts.Get("Three").UpdatedAt);
    }

    [Fact]
    public async Task An_account_in_use_is_not_deleted_and_says_what_stops_it()
    {
        var (path, _) = await _site.SubmitAsync("/accounts/new", ("connector", "bitly"), ("name", "Mine"), ("/access_token", Token));
        var dataSet = Use(Accounts.Get("Mine"));

        var asked = await _site.GetAsync($"{path}/delete");
        using var refused = await _site.PostFormAsync($"{path}/delete");

        Assert.Contains($"href=\"/datasets/{dataSet.Id}\"", asked, StringComparison.Ordinal);
        Assert.DoesNotContain("<button class=\"button danger\">", asked, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Single(Accounts.List());
    }

    [Fact]
    public async Task An_account_that_nothing_uses_is_deleted()
    {
        var (path, _) = await _site.SubmitAsync("/accounts/new", ("connector", "bitly"), ("name", "Mine"), ("/access_token", Token));

        var (list, page) = await _site.SubmitAsync($"{path}/delete");

        Assert.Equal("/accounts", list);
        Assert.Contains("The account “Mine” is deleted.", page, StringComparison.Ordinal);
        await _site.GetAsync(path, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_run_that_the_source_refuses_shows_on_its_account_until_a_test_succeeds()
    {
        var (path, _) = await _site.SubmitAsync("/accounts/new", ("connector", "bitly"), ("name", "Mine"), ("/access_token", Token));
        var dataSet = Use(Accounts.Get("Mine"));
        _source.Instead = RefuseAsync;
        await _site.Part<RunEngine>().RunAsync(dataSet, RunTrigger.Manual, Cancellation);

        var refused = await _site.GetAsync(path);
        _source.Instead = AnswerAsUserAsync;
        var (_, works) = await _site.SubmitAsync($"{path}/test");

        Assert.Contains("The source refused the credentials at the last run.", refused, StringComparison.Ordinal);
        Assert.Contains(dataSet.Name, refused, StringComparison.Ordinal);
        Assert.Contains("<span class=\"state good\">Connected</span>", works, StringComparison.Ordinal);
    }

    private DataSetConfiguration Use(Account account) => _site.Part<DataSetSetup>().AddDataSet(
        "Clicks",
        _site.Part<ConnectorCatalog>().Find("bitly"),
        new AccountChoice(account),
        JsonElement.Parse("""{ "report": "link_information", "bitly_link": "bit.ly/2Qj2niP" }"""),
        UpdateMethod.Replace);

    private static async Task<bool> AnswerAsUserAsync(HttpContext context)
    {
        await context.Response.WriteAsJsonAsync(new { login = "owner", name = "The Owner" }, Cancellation);
        return true;
    }

    private static Task<bool> RefuseAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return Task.FromResult(true);
    }
}
