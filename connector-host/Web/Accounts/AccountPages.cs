using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Web.People;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.Accounts;

/// <summary>The accounts, and what can be done with each.</summary>
internal sealed class AccountPages(SiteRenderer site, AccountStore accounts, AccountSetup setup, AccountReplacement replacement, Access access, ConnectorCatalog catalog, TimeProvider time)
{
    public const string Section = "accounts";

    public static readonly Crumb Home = new("Accounts", "/accounts");

    public static void Map(IEndpointRouteBuilder server)
    {
        var pages = server.ServiceProvider.GetRequiredService<AccountPages>();
        server.MapMethods("/accounts", Pages.Reading, pages.List);
        server.MapMethods("/accounts/{id}", Pages.Reading, (HttpContext context, string id) => pages.Show(context, id));
        server.MapPost("/accounts/{id}/rename", pages.RenameAsync);
        server.MapPost("/accounts/{id}/test", pages.TestAsync);
        server.MapPost("/accounts/{id}/move", pages.MoveAsync);
        server.MapMethods("/accounts/{id}/delete", Pages.Reading, pages.AskToDelete).IsForOwners();
        server.MapPost("/accounts/{id}/delete", pages.Delete).IsForOwners();
    }

    public static string PathOf(string id) => $"/accounts/{id}";

    private IResult List(HttpContext context) => site.Page(context, new PageView("accounts", "Accounts", new
    {
        Accounts = AccountState.OfAll(accounts, time.GetUtcNow()).Select(Row).ToList(),
    })
    {
        Section = Section,
        HasOwnHeading = true,
    });

    private IResult Show(HttpContext context, string id, string? wrongName = null, string? nameError = null)
    {
        var account = accounts.GetById(id);
        var state = StateOf(account);
        return site.Page(context, new PageView("account", account.Name, new
        {
            Account = Row(state),
            Uses = state.Uses.Select(use => new { Id = use.DatasetId, Name = use.DatasetName, use.StartedAt, IsRefused = use.RefusedAt is not null }).ToList(),
            CanReconnect = catalog.Packages.Any(package => package.Manifest.Id == account.Connector),
            Others = accounts.List().Where(other => other.Connector == account.Connector && other.Id != id).Select(other => new { other.Id, other.Name }).ToList(),
            NewName = wrongName ?? account.Name,
            Errors = nameError is null ? [] : (ErrorOfName[])[new("new-name", nameError)],
        })
        {
            Crumbs = [Home],
            Section = Section,
            Status = nameError is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest,
        });
    }

    private async Task<IResult> RenameAsync(HttpContext context, string id, CancellationToken cancellationToken)
    {
        var form = await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        var name = form["name"].ToString();
        try
        {
            var renamed = setup.Rename(accounts.GetById(id), name);
            return site.Redirect(context, PathOf(id), $"The account is called “{renamed.Name}” now.");
        }
        catch (PlatformException exception) when (exception.Fault == PlatformFault.Input)
        {
            return Show(context, id, name, exception.Message);
        }
    }

    private async Task<IResult> MoveAsync(HttpContext context, string id, CancellationToken cancellationToken)
    {
        var form = await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        var to = accounts.GetById(form["to"].ToString());
        var chosen = form["dataset"].OfType<string>().ToList();
        DataSetRights.CheckEdit(context, access, chosen);
        var moved = replacement.Replace(accounts.GetById(id), to, chosen, ChangeOrigin.Page);
        return site.Redirect(context, PathOf(id), $"{Words.Count(moved.Count, "DataSet")} {(moved.Count == 1 ? "uses" : "use")} the account “{to.Name}” from now on.");
    }

    private async Task<IResult> TestAsync(HttpContext context, string id, CancellationToken cancellationToken)
    {
        var check = await setup.TestAsync(accounts.GetById(id), cancellationToken).ConfigureAwait(false);
        return site.Redirect(context, PathOf(id), check switch
        {
            { Failure: not null } => "The test has failed.",
            { Identity: { } identity } => $"The account works: {identity}.",
            _ => "The account works.",
        });
    }

    private IResult AskToDelete(HttpContext context, string id)
    {
        var account = accounts.GetById(id);
        return site.Page(context, new PageView("account-delete", $"Delete the account {account.Name}", new
        {
            account.Id,
            account.Name,
            Uses = accounts.Uses(id).Select(use => new { Id = use.DatasetId, Name = use.DatasetName }).ToList(),
        })
        {
            Crumbs = [Home, new Crumb(account.Name, PathOf(id))],
            Section = Section,
        });
    }

    private IResult Delete(HttpContext context, string id)
    {
        var account = accounts.GetById(id);
        setup.Remove(account);
        return site.Redirect(context, "/accounts", $"The account “{account.Name}” is deleted.");
    }

    private AccountState StateOf(Account account) => AccountState.Of(account, accounts.Uses(account.Id), time.GetUtcNow());

    private object Row(AccountState state) => new
    {
        state.Account.Id,
        state.Account.Name,
        Connector = ConnectorName(state.Account.Connector),
        ConnectorId = state.Account.Connector,
        state.Account.Identity,
        State = state.Words,
        state.Since,
        IsKnown = state.Condition != AccountCondition.NeverChecked,
        Tone = StateTone(state.Condition),
        state.Why,
        DataSets = state.Uses.Count,
        state.LastUsedAt,
        state.Account.CreatedAt,
        state.Account.UpdatedAt,
        state.Account.CheckedAt,
        state.Account.ExpiresAt,
        NeedsReconnecting = state.Condition == AccountCondition.ReconnectNeeded,
    };

    private string ConnectorName(string id) => catalog.Packages.FirstOrDefault(package => package.Manifest.Id == id)?.Manifest.Name ?? id;

    private static string StateTone(AccountCondition condition) => condition switch
    {
        AccountCondition.Connected => "good",
        AccountCondition.Expiring or AccountCondition.RateLimited or AccountCondition.Unreachable => "doubtful",
        AccountCondition.ReconnectNeeded => "bad",
        _ => "quiet",
    };

    private sealed record ErrorOfName(string Target, string Message);
}
