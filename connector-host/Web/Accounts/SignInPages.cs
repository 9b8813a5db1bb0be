using System.Text.Json;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Accounts.OAuth;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.SignIn;
using ConnectorPlatform.Host.Web.Forms;
using ConnectorPlatform.Host.Web.People;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.Accounts;

/// <summary>The way to the source's sign-in page, and back from it.</summary>
internal sealed class SignInPages(SiteRenderer site, AccountSignIn signIns, AccountStore accounts, Assets assets)
{
    private const int LongestDescription = 300;

    public static void Map(IEndpointRouteBuilder server)
    {
        var pages = server.ServiceProvider.GetRequiredService<SignInPages>();
        server.MapGet("/accounts/oauth/callback/{connector}", pages.ComeBackAsync).IsForEverybody();
        server.MapMethods("/accounts/oauth/{id}", Pages.Reading, pages.Show).IsForEverybody();
        server.MapPost("/accounts/oauth/{id}/confirm", pages.Confirm).IsForEverybody();
    }

    /// <summary>What the source sends the browser back to: one address for each connector, so that an answer meant for another is seen (RFC 9700, 4.4.2).</summary>
    public static string RedirectUri(HttpContext context, string connector) =>
        $"{context.Request.Scheme}://{context.Request.Host}/accounts/oauth/callback/{Uri.EscapeDataString(connector)}";

    /// <summary>What the form says of the sign-in that its data asks for.</summary>
    public static Func<JsonElement, SignInView?> Tells(AccountSignIn signIns, ConnectorPackage package) => data =>
        signIns.MethodFor(package, data) is { } server ? ViewOf(server, signIns.IsSetUp(package) ? "" : ClientPages.PathOf(package.Manifest.Id)) : null;

    /// <inheritdoc cref="SignInView"/>
    public static SignInView ViewOf(AuthorizationServer server, string setUpPath) =>
        new(server.AuthorizationEndpoint.Host, setUpPath, server.ButtonLabel ?? $"Sign in at {server.AuthorizationEndpoint.Host}");

    /// <summary>Leads to the source. A page and no redirect: the policy of the pages lets a form end on this host only.</summary>
    /// <exception cref="InvalidFormException">What was filled in does not fit the form.</exception>
    /// <exception cref="PlatformException">It is not set up, or the name is taken.</exception>
    public IResult Leave(HttpContext context, SignInWish wish)
    {
        var address = signIns.Begin(wish, SignInBrowser.Of(context));
        return Way(context, $"To {address.Host}", $"You go on to {address.Host} to sign in.", address.AbsoluteUri);
    }

    private async Task<IResult> ComeBackAsync(HttpContext context, string connector, CancellationToken cancellationToken)
    {
        var query = context.Request.Query;
        string? Answered(string name) => query[name] is [{ Length: > 0 } value] ? value : null;
        try
        {
            if (SignInBrowser.Known(context) is not { } browser || Answered("state") is not { } state)
            {
                throw new SignInRefusedException("This browser has not begun the sign-in that came back. Begin it in this browser.");
            }

            var answer = new SignInAnswer(connector, state, Answered("code"), Answered("error"), Answered("error_description")?.Shortened(LongestDescription), Answered("iss"));
            var id = await signIns.CompleteAsync(answer, browser, cancellationToken).ConfigureAwait(false);
            return Way(context, "Back", "You are signed in at the source and go on here.", $"/accounts/oauth/{id}");
        }
        catch (SignInRefusedException exception)
        {
            return Way(context, "Not connected", exception.Message, "/accounts", leads: false);
        }
    }

    private IResult Show(HttpContext context, string id)
    {
        var (signIn, outcome) = signIns.Get(id, SignInBrowser.Of(context));
        if (outcome?.AccountId is { } accountId)
        {
            return Connected(context, signIn, accounts.GetById(accountId));
        }

        var known = signIn.AccountId is { } old ? accounts.GetById(old) : null;
        return site.Page(context, new PageView("account-sign-in", outcome?.Held is null ? "Not connected" : "Somebody else?", new
        {
            Id = id,
            Failure = outcome is null ? "The sign-in has not come back from the source yet." : outcome.Failure ?? "",
            Held = outcome?.Held is { } held ? new { held.Identity, Known = known?.Identity, Account = known?.Name } : null,
            Again = signIn.InvitationId is not null ? "" : known is null
                ? $"/accounts/new?connector={Uri.EscapeDataString(signIn.Connector)}&return={Uri.EscapeDataString(signIn.ReturnTo)}"
                : $"{AccountPages.PathOf(known.Id)}/credentials",
        })
        {
            Crumbs = signIn.InvitationId is null ? [AccountPages.Home] : [],
            Section = AccountPages.Section,
            HasNavigation = signIn.InvitationId is null,
        });
    }

    private IResult Confirm(HttpContext context, string id)
    {
        var browser = SignInBrowser.Of(context);
        var account = signIns.Confirm(id, browser);
        return Connected(context, signIns.Get(id, browser).SignIn, account);
    }

    private IResult Connected(HttpContext context, PendingSignIn signIn, Account account)
    {
        if (signIn.InvitationId is not null)
        {
            return InvitationPages.Done(site, context, signIns.NameOf(signIn.Connector));
        }

        var untested = account.CheckFailure is null ? "" : " It could not be tested yet.";
        return signIn.ReturnTo.Length > 0 && signIn.AccountId is null
            ? site.Redirect(context, CredentialPages.WithAccount(signIn.ReturnTo, account.Id), $"The account “{account.Name}” is connected.{untested}")
            : site.Redirect(context, AccountPages.PathOf(account.Id), signIn.AccountId is null
                ? $"The account “{account.Name}” is connected.{untested}"
                : $"The account is reconnected. DataSets that waited for it run again at their next times.{untested}");
    }

    // Without the frame of other pages, which would repeat the address with what the source has put into it.
    private IResult Way(HttpContext context, string title, string message, string address, bool leads = true) =>
        site.Part(context, "sign-in-way", new { Title = title, Message = message, Address = address, Leads = leads, Sheet = assets.Sheet.Path }, leads ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
}
