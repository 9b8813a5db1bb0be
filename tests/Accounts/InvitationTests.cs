using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using ConnectorPlatform.Host.Accounts.Invitations;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Host.Runs.SignIn;
using Microsoft.AspNetCore.WebUtilities;

namespace ConnectorPlatform.Tests.Accounts;

/// <summary>Asking a colleague to connect an account.</summary>
public sealed partial class InvitationTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_colleague_signs_in_by_a_link_that_shows_nothing_else_and_works_once()
    {
        await using var bench = await SignInBench.StartAsync();
        await bench.ConnectAsync("owner", "An account of the asker");
        var link = await AskAsync(bench, "/accounts/ask", ("connector", "bitly"));

        var page = await bench.Site.GetAsync(link);
        var (_, done) = await bench.ComeBackAsync(bench.Source.Consent(await bench.LeaveAsync(link), "colleague"));

        Assert.DoesNotContain("An account of the asker", page, StringComparison.Ordinal);
        Assert.DoesNotContain("href=\"/accounts", page, StringComparison.Ordinal);
        Assert.Contains("Your Bitly account is connected", done, StringComparison.Ordinal);
        Assert.Equal("colleague", bench.Accounts.Get("Bitly – colleague").Identity);
        await bench.Site.GetAsync(link, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_link_that_nobody_has_made_leads_nowhere()
    {
        await using var bench = await SignInBench.StartAsync();

        var page = await bench.Site.GetAsync("/connect/guessed", HttpStatusCode.NotFound);

        Assert.Contains("This link is not valid", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_token_does_not_use_the_link_up()
    {
        await using var bench = await SignInBench.StartAsync();
        var link = await AskAsync(bench, "/accounts/ask", ("connector", "bitly"));

        var refused = await bench.Site.SubmitWronglyAsync(link, ("/sign_in", "token"), ("/access_token", "canary-wrong-token"));

        Assert.Contains("does not accept", refused, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", refused, StringComparison.Ordinal);
        await bench.Site.GetAsync(link);
    }

    [Fact]
    public async Task A_colleague_reconnects_an_account_and_its_DataSets_stay()
    {
        await using var bench = await SignInBench.StartAsync();
        var account = await bench.ConnectAsync("owner");
        var link = await AskAsync(bench, $"/accounts/{account.Id}/ask");

        var (path, asked) = await bench.ComeBackAsync(bench.Source.Consent(await bench.LeaveAsync(link), "colleague"));
        using var done = await bench.Site.PostFormAsync($"{path}/confirm");

        Assert.Contains("You signed in as <strong>colleague</strong>", asked, StringComparison.Ordinal);
        Assert.Contains("is connected", await done.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        Assert.Equal("colleague", bench.Accounts.GetById(account.Id).Identity);
    }

    [Fact]
    public async Task Who_is_signed_in_here_and_does_not_see_the_account_reconnects_it_by_signing_in_at_the_source()
    {
        await using var bench = await SignInBench.StartAsync();
        var (account, signIns) = (await bench.ConnectAsync("owner"), bench.Site.Part<AccountSignIn>());
        Viewer.Current = new Viewer("somebody-else", SeesAll: false);
        var address = signIns.Begin(
            new SignInWish
            {
                Package = bench.Site.Part<ConnectorCatalog>().Find("bitly"),
                Credentials = JsonElement.Parse("""{ "sign_in": "oauth" }"""),
                RedirectUri = $"{bench.Site.Address}/accounts/oauth/callback/bitly",
                Account = account,
                InvitationId = bench.Site.Part<InvitationStore>().Issue("bitly", account.Id).Invitation.Id,
            },
            "a browser");
        var back = QueryHelpers.ParseQuery(bench.Source.Consent(address, "owner").Query);

        var id = await signIns.CompleteAsync(new SignInAnswer("bitly", back["state"]!, back["code"], null, null, null), "a browser", Cancellation);

        Viewer.Current = null;
        var outcome = signIns.Get(id, "a browser").Outcome;
        Assert.Equal((account.Id, null), (outcome?.AccountId, outcome?.Failure));
    }

    private static async Task<string> AskAsync(SignInBench bench, string path, params (string Name, string Value)[] fields)
    {
        using var response = await bench.Site.PostFormAsync(path, fields);
        return new Uri(Link().Match(await response.Content.ReadAsStringAsync(Cancellation)).Groups[1].Value).AbsolutePath;
    }

    [GeneratedRegex("value=\"(http[^\"]+/connect/[^\"]+)\"")]
    private static partial Regex Link();
}
