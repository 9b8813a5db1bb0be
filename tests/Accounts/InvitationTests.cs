using System.Net;
using System.Text.RegularExpressions;

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

    private static async Task<string> AskAsync(SignInBench bench, string path, params (string Name, string Value)[] fields)
    {
        using var response = await bench.Site.PostFormAsync(path, fields);
        return new Uri(Link().Match(await response.Content.ReadAsStringAsync(Cancellation)).Groups[1].Value).AbsolutePath;
    }

    [GeneratedRegex("value=\"(http[^\"]+/connect/[^\"]+)\"")]
    private static partial Regex Link();
}
