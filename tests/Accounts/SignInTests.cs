using System.Net;
using System.Text.Json;
using ConnectorPlatform.Host.Accounts.OAuth;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Sessions;
using Microsoft.AspNetCore.WebUtilities;

namespace ConnectorPlatform.Tests.Accounts;

/// <summary>The authorization code flow, and what must not get through it.</summary>
public sealed class SignInTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_account_is_connected_by_signing_in_and_named_after_whose_it_is(bool repliesFormEncoded)
    {
        await using var bench = await SignInBench.StartAsync();
        bench.Source.RepliesFormEncoded = repliesFormEncoded;

        var account = await bench.ConnectAsync("acme");

        Assert.Equal(("Bitly – acme", "acme"), (account.Name, account.Identity));
        Assert.Contains("<span class=\"state good\">Connected</span>", await bench.Site.GetAsync($"/accounts/{account.Id}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_source_is_asked_with_state_a_challenge_and_the_exact_address_to_come_back_to()
    {
        await using var bench = await SignInBench.StartAsync();

        var query = QueryHelpers.ParseQuery((await bench.LeaveAsync()).Query);

        Assert.Equal("code", query["response_type"]);
        Assert.Equal(SignInSource.ClientId, query["client_id"]);
        Assert.Equal($"{bench.Site.Address}/accounts/oauth/callback/bitly", query["redirect_uri"]);
        Assert.Equal("S256", query["code_challenge_method"]);
        Assert.Equal((43, 43), (query["state"].ToString().Length, query["code_challenge"].ToString().Length));
    }

    [Fact]
    public async Task A_run_reads_with_the_token_that_was_granted()
    {
        await using var bench = await SignInBench.StartAsync();
        var run = await RunAsync(bench, await bench.ConnectAsync("acme"));

        Assert.True(run.IsSuccess, run.Failure?.Message);
    }

    [Fact]
    public async Task The_way_leads_back_into_the_form_that_was_left()
    {
        await using var bench = await SignInBench.StartAsync();

        var (path, text) = await bench.ComeBackAsync(bench.Source.Consent(await bench.LeaveAsync(fields: ("return", "/new?connector=bitly")), "acme"));

        var account = Assert.Single(bench.Accounts.List());
        Assert.Equal($"/new?connector=bitly&account={account.Id}", path);
        Assert.Contains("The account “Bitly – acme” is connected.", text, StringComparison.Ordinal);
        Assert.Matches($"value=\"{account.Id}\" checked", text);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("wrong")]
    [InlineData("used")]
    [InlineData("browser")]
    [InlineData("another browser")]
    [InlineData("connector")]
    [InlineData("issuer")]
    public async Task An_answer_that_is_not_to_what_was_asked_connects_nothing_and_its_code_is_not_used(string flaw)
    {
        await using var bench = await SignInBench.StartAsync();
        var back = bench.Source.Consent(await bench.LeaveAsync(), "acme");
        var state = QueryHelpers.ParseQuery(back.Query)["state"].ToString();
        if (flaw == "used")
        {
            await bench.ComeBackAsync(back);
            bench.Accounts.Remove("Bitly – acme");
            back = bench.Source.Consent(await bench.LeaveAsync(), "acme");
        }

        var asked = bench.Source.TokenRequests.Count;
        using var other = new HttpClient { BaseAddress = new Uri(bench.Site.Address) };
        other.DefaultRequestHeaders.Add("Cookie", flaw == "another browser" ? "sign-in=of-its-own" : "unrelated=1");
        var text = flaw switch
        {
            "none" => await bench.Site.GetAsync(back.PathAndQuery.Split("&state=")[0], HttpStatusCode.BadRequest),
            "wrong" => await bench.Site.GetAsync($"{back.PathAndQuery}x", HttpStatusCode.BadRequest),
            "used" => await bench.Site.GetAsync($"{back.PathAndQuery.Split("&state=")[0]}&state={state}", HttpStatusCode.BadRequest),
            "browser" or "another browser" => await (await other.GetAsync(back.PathAndQuery, Cancellation)).Content.ReadAsStringAsync(Cancellation),
            "connector" => await bench.Site.GetAsync(back.PathAndQuery.Replace("/bitly", "/hello", StringComparison.Ordinal), HttpStatusCode.BadRequest),
            _ => (await bench.ComeBackAsync(new Uri($"{back}&iss=https%3A%2F%2Fevil.example"))).Text,
        };

        Assert.Contains("Not connected", text, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", text, StringComparison.Ordinal);
        Assert.Empty(bench.Accounts.List());
        Assert.Equal(asked, bench.Source.TokenRequests.Count);
    }

    [Fact]
    public async Task A_code_of_somebody_else_is_worth_nothing()
    {
        await using var bench = await SignInBench.StartAsync();
        var own = bench.Source.Consent(await bench.LeaveAsync(), "acme");
        var stolen = bench.Source.Consent(await bench.LeaveAsync(), "victim");

        var (_, text) = await bench.ComeBackAsync(new Uri(own.ToString().Split("code=")[0] + "code=" + QueryHelpers.ParseQuery(stolen.Query)["code"] + "&state=" + QueryHelpers.ParseQuery(own.Query)["state"]));

        Assert.Contains("refuses the sign-in (invalid_grant)", text, StringComparison.Ordinal);
        Assert.Empty(bench.Accounts.List());
    }

    [Fact]
    public async Task What_the_source_says_against_it_is_told_in_words()
    {
        await using var bench = await SignInBench.StartAsync();
        var state = QueryHelpers.ParseQuery((await bench.LeaveAsync()).Query)["state"];
        var (_, declined) = await bench.ComeBackAsync(new Uri($"{bench.Site.Address}/accounts/oauth/callback/bitly?error=access_denied&state={state}"));
        bench.Source.InsteadOfTokens = context =>
        {
            context.Response.StatusCode = 503;
            return Task.FromResult(true);
        };
        var (_, later) = await bench.ComeBackAsync(bench.Source.Consent(await bench.LeaveAsync(), "acme"));

        Assert.Contains("access was declined", declined, StringComparison.Ordinal);
        Assert.Contains("has trouble of its own", later, StringComparison.Ordinal);
        Assert.Contains("href=\"/accounts/new?connector=bitly", later, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_client_of_the_operator_the_form_says_where_to_set_it_up()
    {
        await using var bench = await SignInBench.StartAsync(("Connectors:bitly:OAuth:ClientId", ""));

        var form = await bench.Site.SubmitWronglyAsync("/accounts/new", ("connector", "bitly"), ("/sign_in", "oauth"));
        var page = await bench.Site.GetAsync("/connectors/bitly/sign-in");
        await bench.Site.SubmitAsync("/connectors/bitly/sign-in", ("client-id", SignInSource.ClientId), ("client-secret", SignInSource.ClientSecret));
        var account = await bench.ConnectAsync("acme");

        Assert.Contains("href=\"/connectors/bitly/sign-in\"", form, StringComparison.Ordinal);
        Assert.Contains($"{bench.Site.Address}/accounts/oauth/callback/bitly", page, StringComparison.Ordinal);
        Assert.Equal("acme", account.Identity);
        Assert.DoesNotContain(SignInSource.ClientSecret, await bench.Site.GetAsync("/connectors/bitly/sign-in"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_button_that_leads_to_the_source_says_what_its_connector_says()
    {
        await using var bench = await SignInBench.StartAsync();

        var page = await bench.Site.SubmitWronglyAsync("/accounts/new", ("connector", "bitly"), ("/sign_in", "oauth"), ("name", "sample"));

        Assert.Contains("<button class=\"button primary\">Sign in at Bitly</button>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reconnecting_as_somebody_else_asks_first()
    {
        await using var bench = await SignInBench.StartAsync();
        var account = await bench.ConnectAsync("acme");
        var before = bench.Site.Part<GrantStore>().Find(account)!;

        var (path, asked) = await bench.ComeBackAsync(bench.Source.Consent(await bench.LeaveAsync($"/accounts/{account.Id}/credentials"), "another"));
        var untouched = bench.Site.Part<GrantStore>().Find(account)!;
        await bench.Site.SubmitAsync($"{path}/confirm");

        Assert.Contains("You signed in as <strong>another</strong>, and the account “Bitly – acme” is of <strong>acme</strong>", asked, StringComparison.Ordinal);
        Assert.Equal(before, untouched);
        Assert.Equal(("another", "Bitly – acme"), (bench.Accounts.GetById(account.Id).Identity, bench.Accounts.GetById(account.Id).Name));
    }

    private static Task<RunRecord> RunAsync(SignInBench bench, Host.Accounts.Account account) => bench.Site.Part<RunEngine>().RunAsync(
        bench.Site.Part<DataSetSetup>().AddDataSet(
            "Clicks",
            bench.Site.Part<ConnectorCatalog>().Find("bitly"),
            new AccountChoice(account),
            JsonElement.Parse("""{ "report": "link_information", "bitly_link": "bit.ly/2Qj2niP" }"""),
            UpdateMethod.Replace),
        RunTrigger.Manual,
        Cancellation);
}
