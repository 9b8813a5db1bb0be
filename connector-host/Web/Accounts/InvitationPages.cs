using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Accounts.Invitations;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.SignIn;
using ConnectorPlatform.Host.Web.Forms;
using ConnectorPlatform.Host.Web.People;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.Accounts;

/// <summary>
/// Asks a colleague: a link that leads to a connector's credentials form and to nothing else. What the colleague gives, the asker can use and never see;
/// of the asker's side the colleague sees the connector's name alone.
/// </summary>
internal sealed class InvitationPages(
    SiteRenderer site, InvitationStore invitations, AccountStore accounts, AccountSetup setup, AccountSignIn signIns, SignInPages signInPages, ConnectorCatalog catalog)
{
    public static void Map(IEndpointRouteBuilder server)
    {
        var pages = server.ServiceProvider.GetRequiredService<InvitationPages>();
        server.MapPost("/accounts/ask", pages.AskAsync);
        server.MapPost("/accounts/{id}/ask", pages.AskToReconnect);
        server.MapMethods("/connect/{token}", Pages.Reading, (HttpContext context, string token) => pages.Show(context, token)).IsForEverybody();
        server.MapPost("/connect/{token}", pages.SubmitAsync).IsForEverybody();
        server.MapPost("/connect/{token}/fields", pages.RefreshAsync).IsForEverybody();
    }

    private async Task<IResult> AskAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var form = await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        return Issued(context, catalog.Find(form["connector"].ToString()), null);
    }

    private IResult AskToReconnect(HttpContext context, string id)
    {
        var account = accounts.GetById(id);
        return Issued(context, catalog.Find(account.Connector), account);
    }

    private IResult Issued(HttpContext context, ConnectorPackage package, Account? account)
    {
        var (invitation, token) = invitations.Issue(package.Manifest.Id, account?.Id);
        return site.Page(context, new PageView("account-ask", "Ask a colleague", new
        {
            Connector = package.Manifest.Name,
            Account = account?.Name ?? "",
            Link = $"{context.Request.Scheme}://{context.Request.Host}{PathOf(token)}",
            invitation.ExpiresAt,
            Back = account is null ? "/accounts" : AccountPages.PathOf(account.Id),
        })
        {
            Crumbs = [AccountPages.Home],
            Section = AccountPages.Section,
        });
    }

    private IResult Show(HttpContext context, string token)
    {
        var package = catalog.Find(invitations.Get(token).Connector);
        return Page(context, token, package, FormPresenter.Open(SceneOf(token, package), JsonElementReading.EmptyObject, isSaved: false));
    }

    private async Task<IResult> RefreshAsync(HttpContext context, string token, CancellationToken cancellationToken)
    {
        var scene = SceneOf(token, catalog.Find(invitations.Get(token).Connector));
        var post = await FormPost.ReadAsync(context.Request, scene, cancellationToken).ConfigureAwait(false);
        var view = await FormPresenter.AfterAsync(scene, post, [], cancellationToken).ConfigureAwait(false);
        return site.Part(context, view.Fragment.Template, view.Fragment.Model);
    }

    private async Task<IResult> SubmitAsync(HttpContext context, string token, CancellationToken cancellationToken)
    {
        var invitation = invitations.Get(token);
        var package = catalog.Find(invitation.Connector);
        var scene = SceneOf(token, package);
        var post = await FormPost.ReadAsync(context.Request, scene, cancellationToken).ConfigureAwait(false);
        IResult? next = null;
        var (formErrors, otherErrors) = post.IsSubmit
            ? await CredentialPages.TryAsync(async () => next = await ConnectAsync(context, invitation, package, post, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false)
            : ([], []);
        if (next is not null)
        {
            return next;
        }

        var view = await FormPresenter.AfterAsync(scene, post, formErrors, cancellationToken).ConfigureAwait(false);
        return Page(context, token, package, view with { Errors = [.. otherErrors, .. view.Errors] });
    }

    private async Task<IResult> ConnectAsync(HttpContext context, Invitation invitation, ConnectorPackage package, FormPost post, CancellationToken cancellationToken)
    {
        // A colleague who is signed in here does not see the account that the link is about.
        Viewer.Entrust();
        var account = invitation.AccountId is { } id ? accounts.GetById(id) : null;
        if (signIns.MethodFor(package, post.Settled.Data) is not null)
        {
            return signInPages.Leave(context, new SignInWish
            {
                Package = package,
                Credentials = post.Settled.Data,
                RedirectUri = SignInPages.RedirectUri(context, package.Manifest.Id),
                Account = account,
                InvitationId = invitation.Id,
            });
        }

        // Used up first: of two who send at once one connects an account.
        invitations.Use(invitation.Id);
        try
        {
            var connected = account is null
                ? await setup.AddAsync(null, package, post.Settled.Data, check: true, cancellationToken).ConfigureAwait(false)
                : await setup.ReplaceAsync(account, post.Settled.Data, check: true, mayBeAnother: true, cancellationToken).ConfigureAwait(false);
            if (account is null)
            {
                invitations.GiveToAsker(invitation.Id, connected.Id);
            }
        }
        catch
        {
            invitations.Reopen(invitation.Id);
            throw;
        }

        return Done(site, context, package.Manifest.Name);
    }

    public static string PathOf(string token) => $"/connect/{token}";

    /// <summary>The end of a colleague's way.</summary>
    public static IResult Done(SiteRenderer site, HttpContext context, string connector) =>
        site.Page(context, new PageView("connect-done", "Thank you", new { Connector = connector }) { HasNavigation = false });

    private IResult Page(HttpContext context, string token, ConnectorPackage package, FormView form) =>
        site.Page(context, new PageView("connect", $"Connect your {package.Manifest.Name} account", new { Path = PathOf(token), Connector = package.Manifest.Name, Form = form })
        {
            HasNavigation = false,
            Status = form.Errors.Count > 0 ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK,
        });

    private FormScene SceneOf(string token, ConnectorPackage package) => new()
    {
        Form = Form.Parse(package.CredentialsForm),
        RefreshPath = $"{PathOf(token)}/fields",
        SignIn = data => signIns.MethodFor(package, data) is { } server ? SignInPages.ViewOf(server, "") : null,
    };
}
