using System.Net;
using System.Text.RegularExpressions;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Web;
using ConnectorPlatform.Tests.Web;

namespace ConnectorPlatform.Tests.Accounts;

/// <summary>A real server, a source to sign in at, and a browser that goes between them.</summary>
internal sealed partial class SignInBench : IAsyncDisposable
{
    private SignInBench(SignInSource source, SiteClient site) => (Source, Site) = (source, site);

    public SignInSource Source { get; }

    public SiteClient Site { get; }

    public AccountStore Accounts => Site.Part<AccountStore>();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<SignInBench> StartAsync(params (string Name, string Value)[] settings)
    {
        var source = await SignInSource.StartAsync();
        var site = await SiteClient.StartAsync((folder, address) =>
        {
            var server = Server.Build(folder.File("data"), address);
            foreach (var (name, value) in source.Settings.Concat(settings))
            {
                server.Configuration[name] = value;
            }

            return server;
        });
        return new(source, site);
    }

    /// <summary>Sends the form that leads to the source.</summary>
    /// <returns>The address that the browser is led to.</returns>
    public async Task<Uri> LeaveAsync(string path = "/accounts/new", params (string Name, string Value)[] fields)
    {
        using var response = await Site.PostFormAsync(path, [("connector", "bitly"), ("/sign_in", "oauth"), .. fields]);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{(int)response.StatusCode}\n{text}");
        return Led(text);
    }

    /// <summary>Comes back from the source, and follows to where it ends.</summary>
    /// <returns>The path of the last page, and its text.</returns>
    public async Task<(string Path, string Text)> ComeBackAsync(Uri back)
    {
        var outcome = Led(await Site.GetAsync(back.PathAndQuery)).OriginalString;
        using var response = await Site.Http.GetAsync(outcome, Cancellation);
        return response.Headers.Location is { } next
            ? (next.OriginalString, await Site.GetAsync(next.OriginalString))
            : (outcome, await response.Content.ReadAsStringAsync(Cancellation));
    }

    /// <summary>Connects a new account.</summary>
    public async Task<Account> ConnectAsync(string user, string name = "")
    {
        var (path, text) = await ComeBackAsync(Source.Consent(await LeaveAsync(fields: ("name", name)), user));
        Assert.True(path.StartsWith("/accounts/", StringComparison.Ordinal) && !path.Contains("oauth", StringComparison.Ordinal), text);
        return Accounts.GetById(path.Split('/')[2]);
    }

    public async ValueTask DisposeAsync()
    {
        await Site.DisposeAsync();
        await Source.DisposeAsync();
    }

    private static Uri Led(string page) => new(WebUtility.HtmlDecode(Refresh().Match(page) is { Success: true } match ? match.Groups[1].Value : throw new InvalidOperationException(page)), UriKind.RelativeOrAbsolute);

    [GeneratedRegex("content=\"0;url=([^\"]+)\"")]
    private static partial Regex Refresh();
}
