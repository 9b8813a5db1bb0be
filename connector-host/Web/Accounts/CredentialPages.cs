using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.SignIn;
using ConnectorPlatform.Host.Web.Connectors;
using ConnectorPlatform.Host.Web.Forms;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.Accounts;

/// <summary>
/// Where credentials are given: for a new account and in the place of old ones. Secrets go in and never come out.
/// <c>/accounts/new?connector=ID&amp;return=PATH</c> leads back to the path, with <c>account=ID</c> of the new account in its query.
/// </summary>
internal sealed class CredentialPages(SiteRenderer site, AccountStore accounts, AccountSetup setup, AccountSignIn signIns, SignInPages signInPages, ConnectorCatalog catalog)
{
    private const string HowToSkipTheTest = "untick “Test before saving” to save them as they are.";

    public static void Map(IEndpointRouteBuilder server)
    {
        var pages = server.ServiceProvider.GetRequiredService<CredentialPages>();
        server.MapMethods("/accounts/new", Pages.Reading, pages.Choose);
        server.MapPost("/accounts/new", pages.AddAsync);
        server.MapPost("/accounts/new/fields", pages.RefreshNewAsync);
        server.MapMethods("/accounts/{id}/credentials", Pages.Reading, pages.ShowStored);
        server.MapPost("/accounts/{id}/credentials", pages.ReplaceAsync);
        server.MapPost("/accounts/{id}/credentials/fields", pages.RefreshStoredAsync);
    }

    private IResult Choose(HttpContext context, string? connector, string? @return)
    {
        if (connector is null)
        {
            return site.Page(context, new PageView("account-connectors", "New account", new
            {
                Connectors = ConnectorCard.All(catalog),
            })
            {
                Crumbs = [AccountPages.Home],
                Section = AccountPages.Section,
            });
        }

        var package = catalog.Find(connector);
        var entry = new NewAccount(package, "", @return ?? "", Check: true);
        return PageOfNew(context, entry, FormPresenter.Open(SceneOf(package), JsonElementReading.EmptyObject, isSaved: false));
    }

    private async Task<IResult> AddAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var (entry, post) = await ReadNewAsync(context, cancellationToken).ConfigureAwait(false);
        var scene = SceneOf(entry.Package);
        if (!post.IsSubmit)
        {
            return PageOfNew(context, entry, await FormPresenter.AfterAsync(scene, post, [], cancellationToken).ConfigureAwait(false));
        }

        IResult? next = null;
        var (formErrors, otherErrors) = await TryAsync(async () => next = await ConnectAsync(context, entry, post, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        if (next is null)
        {
            var view = await FormPresenter.AfterAsync(scene, post, formErrors, cancellationToken).ConfigureAwait(false);
            return PageOfNew(context, entry, view with { Errors = [.. otherErrors, .. view.Errors] });
        }

        return next;
    }

    private async Task<IResult> ConnectAsync(HttpContext context, NewAccount entry, FormPost post, CancellationToken cancellationToken)
    {
        if (signIns.MethodFor(entry.Package, post.Settled.Data) is not null)
        {
            return signInPages.Leave(context, new SignInWish
            {
                Package = entry.Package,
                Credentials = post.Settled.Data,
                RedirectUri = SignInPages.RedirectUri(context, entry.Package.Manifest.Id),
                Name = entry.Name,
                ReturnTo = entry.Return,
            });
        }

        var name = string.IsNullOrWhiteSpace(entry.Name) ? null : entry.Name;
        var added = await setup.AddAsync(name, entry.Package, post.Settled.Data, entry.Check, cancellationToken).ConfigureAwait(false);
        return site.Redirect(context, entry.Return.Length == 0 ? AccountPages.PathOf(added.Id) : WithAccount(entry.Return, added.Id), $"The account “{added.Name}” is connected.");
    }

    private async Task<IResult> RefreshNewAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var (entry, post) = await ReadNewAsync(context, cancellationToken).ConfigureAwait(false);
        return await FragmentAsync(context, SceneOf(entry.Package), post, cancellationToken).ConfigureAwait(false);
    }

    private IResult ShowStored(HttpContext context, string id)
    {
        var account = accounts.GetById(id);
        var stored = setup.Show(account);
        return PageOfStored(context, account, FormPresenter.Open(SceneOf(account, stored), stored.Values, isSaved: true), new StoredCheck(Asks: true, MayBeAnother: false));
    }

    private async Task<IResult> ReplaceAsync(HttpContext context, string id, CancellationToken cancellationToken)
    {
        var account = accounts.GetById(id);
        var (scene, post, check) = await ReadStoredAsync(context, account, cancellationToken).ConfigureAwait(false);
        if (!post.IsSubmit)
        {
            return PageOfStored(context, account, await FormPresenter.AfterAsync(scene, post, [], cancellationToken).ConfigureAwait(false), check);
        }

        IResult? next = null;
        var (formErrors, otherErrors) = await TryAsync(async () => next = await ReconnectAsync(context, account, post, check, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        if (next is null)
        {
            var view = await FormPresenter.AfterAsync(scene, post, formErrors, cancellationToken).ConfigureAwait(false);
            return PageOfStored(context, account, view with { Errors = [.. otherErrors, .. view.Errors] }, check);
        }

        return next;
    }

    private async Task<IResult> ReconnectAsync(HttpContext context, Account account, FormPost post, StoredCheck check, CancellationToken cancellationToken)
    {
        var package = catalog.Find(account.Connector);
        if (signIns.MethodFor(package, post.Settled.Data) is not null)
        {
            return signInPages.Leave(context, new SignInWish
            {
                Package = package,
                Credentials = post.Settled.Data,
                RedirectUri = SignInPages.RedirectUri(context, package.Manifest.Id),
                Account = account,
            });
        }

        await setup.ReplaceAsync(account, post.Settled.Data, check.Asks, check.MayBeAnother, cancellationToken).ConfigureAwait(false);
        return site.Redirect(context, AccountPages.PathOf(account.Id), "The account is reconnected. DataSets that waited for it run again at their next times.");
    }

    private async Task<IResult> RefreshStoredAsync(HttpContext context, string id, CancellationToken cancellationToken)
    {
        var (scene, post, _) = await ReadStoredAsync(context, accounts.GetById(id), cancellationToken).ConfigureAwait(false);
        return await FragmentAsync(context, scene, post, cancellationToken).ConfigureAwait(false);
    }

    // What is wrong with the form goes to its fields, the rest above them.
    public static async Task<(IReadOnlyList<FormError> OfForm, IReadOnlyList<ErrorLink> Others)> TryAsync(Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
            return ([], []);
        }
        catch (InvalidFormException exception)
        {
            return (exception.Errors, []);
        }
        catch (ConnectorException exception)
        {
            return ([], [new ErrorLink("check", $"{exception.Message} {(exception.Kind == FailureKind.Credentials ? "Correct the credentials and try again, or" : "Or")} {HowToSkipTheTest}")]);
        }
        catch (PlatformException exception) when (exception.Fault is PlatformFault.Input or PlatformFault.Conflict)
        {
            return ([], [new ErrorLink(exception.Fault == PlatformFault.Conflict ? "another" : "name", exception.Message)]);
        }
    }

    private async Task<(NewAccount Entry, FormPost Post)> ReadNewAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var posted = await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        var package = catalog.Find(posted["connector"].ToString());
        return (new NewAccount(package, posted["name"].ToString(), posted["return"].ToString(), posted["check"] == "true"), FormPost.Read(posted, SceneOf(package)));
    }

    private async Task<(FormScene Scene, FormPost Post, StoredCheck Check)> ReadStoredAsync(HttpContext context, Account account, CancellationToken cancellationToken)
    {
        var posted = await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        var scene = SceneOf(account, setup.Show(account));
        return (scene, FormPost.Read(posted, scene), new StoredCheck(posted["check"] == "true", posted["another"] == "true"));
    }

    private async Task<IResult> FragmentAsync(HttpContext context, FormScene scene, FormPost post, CancellationToken cancellationToken)
    {
        var view = await FormPresenter.AfterAsync(scene, post, [], cancellationToken).ConfigureAwait(false);
        return site.Part(context, view.Fragment.Template, view.Fragment.Model);
    }

    private IResult PageOfNew(HttpContext context, NewAccount entry, FormView form) => site.Page(context, new PageView("account-new", $"New {entry.Package.Manifest.Name} account", new
    {
        Connector = entry.Package.Manifest.Id,
        entry.Name,
        ReturnTo = entry.Return,
        entry.Check,
        Form = form,
    })
    {
        Crumbs = [AccountPages.Home],
        Section = AccountPages.Section,
        Status = StatusOf(form),
    });

    private IResult PageOfStored(HttpContext context, Account account, FormView form, StoredCheck check) => site.Page(context, new PageView("account-credentials", $"Reconnect {account.Name}", new
    {
        account.Id,
        Check = check.Asks,
        Another = check.MayBeAnother,
        Form = form,
    })
    {
        Crumbs = [AccountPages.Home, new Crumb(account.Name, AccountPages.PathOf(account.Id))],
        Section = AccountPages.Section,
        Status = StatusOf(form),
    });

    private static int StatusOf(FormView form) => form.Errors.Count > 0 ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK;

    private FormScene SceneOf(ConnectorPackage package) => new()
    {
        Form = Form.Parse(package.CredentialsForm),
        RefreshPath = "/accounts/new/fields",
        SignIn = SignInPages.Tells(signIns, package),
    };

    private FormScene SceneOf(Account account, VisibleCredentials stored) => new()
    {
        Form = Form.Parse(catalog.Find(account.Connector).CredentialsForm),
        RefreshPath = $"{AccountPages.PathOf(account.Id)}/credentials/fields",
        StoredSecrets = stored.StoredSecrets,
        SignIn = SignInPages.Tells(signIns, catalog.Find(account.Connector)),
    };

    /// <summary>The local path, with the account chosen on it.</summary>
    public static string WithAccount(string path, string id) => $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}account={id}";

    /// <summary>What is done before stored credentials are replaced.</summary>
    /// <param name="Asks">Whether the source is asked if they work.</param>
    /// <param name="MayBeAnother">Whether they may be somebody else's.</param>
    private sealed record StoredCheck(bool Asks, bool MayBeAnother);

    /// <summary>What the page for a new account holds beside the form.</summary>
    private sealed record NewAccount(ConnectorPackage Package, string Name, string Return, bool Check);
}
