using System.ComponentModel;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Accounts.Invitations;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Web.Accounts;
using ConnectorPlatform.Host.Web.People;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ConnectorPlatform.Host.Web.Api;

/// <summary>Accounts; their credentials are written and never read.</summary>
internal sealed class AccountOperations(AccountStore accounts, AccountSetup setup, AccountReplacement replacement, Access access, InvitationStore invitations, AccountLookup lookup, ConnectorCatalog catalog, TimeProvider time)
{
    private const string AccountId = "The account's id or name.";

    public static void Map(IEndpointRouteBuilder api)
    {
        var operations = api.ServiceProvider.GetRequiredService<AccountOperations>();
        var group = api.MapGroup("").WithTags("Accounts");
        group.MapGet("/accounts", operations.List).Is("listAccounts", "List the accounts").Fails(StatusCodes.Status400BadRequest);
        group.MapPost("/accounts", operations.AddAsync)
            .Is("addAccount", "Add an account", "The credentials are encrypted, and no answer shows them.")
            .Example(new { name = "Marketing", connector = "bitly", credentials = new { access_token = "…" }, check = true })
            .Once().Fails(StatusCodes.Status404NotFound, StatusCodes.Status502BadGateway);
        group.MapGet("/accounts/{account}", operations.Show).Is("showAccount", "Show an account").Fails(StatusCodes.Status404NotFound);
        group.MapPatch("/accounts/{account}", operations.Rename).Is("renameAccount", "Rename an account").Example(new AccountNameBody("Marketing")).Fails(StatusCodes.Status404NotFound);
        group.MapPut("/accounts/{account}/credentials", operations.ReplaceAsync)
            .Is("replaceCredentials", "Replace the credentials of an account", "A secret that is left out stays as it is.")
            .Example(new { credentials = new { access_token = "…" }, check = true })
            .Fails(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict, StatusCodes.Status502BadGateway);
        group.MapPost("/accounts/{account}/test", operations.TestAsync).Is("testAccount", "Ask the source whether an account works").Fails(StatusCodes.Status404NotFound);
        group.MapPost("/accounts/{account}/move", operations.Move)
            .Is("moveDataSets", "Give DataSets of an account another one", "All of them, or none.")
            .Example(new AccountMoveBody { To = "Marketing" }).Fails(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
        group.MapPost("/accounts/{account}/invitations", operations.Ask)
            .Is("askColleague", "Make a link by which a colleague reconnects an account", "The link works once.").Fails(StatusCodes.Status404NotFound);
        group.MapDelete("/accounts/{account}", operations.Remove).IsForOwners()
            .Is("removeAccount", "Remove an account", "Refused while DataSets use it.").Fails(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
    }

    private Ok<ListPage<AccountView>> List([AsParameters] PageQuery page, [Description("Only those of this connector: its id.")] string? connector)
    {
        return TypedResults.Ok(page.Of(
            AccountState.OfAll(accounts, time.GetUtcNow()).Where(state => connector is null || state.Account.Connector == connector).OrderBy(state => state.Account.Id, StringComparer.Ordinal),
            state => state.Account.Id,
            StringComparer.Ordinal).Select(AccountView.Of));
    }

    private async Task<Created<AccountView>> AddAsync(JsonBody<AccountBody> body, CancellationToken cancellationToken)
    {
        var wanted = body.Value;
        var account = await setup.AddAsync(wanted.Name, catalog.Find(wanted.Connector), wanted.Credentials, wanted.Check, cancellationToken).ConfigureAwait(false);
        return TypedResults.Created($"/api/v1/accounts/{account.Id}", Answer(account).Value);
    }

    private Ok<AccountView> Show([Description(AccountId)] string account) => Answer(lookup.Get(account));

    private Ok<AccountView> Rename([Description(AccountId)] string account, JsonBody<AccountNameBody> body) => Answer(setup.Rename(lookup.Get(account), body.Value.Name));

    private async Task<Ok<AccountView>> ReplaceAsync([Description(AccountId)] string account, JsonBody<CredentialsBody> body, CancellationToken cancellationToken) =>
        Answer(await setup.ReplaceAsync(lookup.Get(account), body.Value.Credentials, body.Value.Check, body.Value.MayBeAnother, cancellationToken).ConfigureAwait(false));

    private async Task<Ok<AccountTestView>> TestAsync([Description(AccountId)] string account, CancellationToken cancellationToken) =>
        TypedResults.Ok(AccountTestView.Of(await setup.TestAsync(lookup.Get(account), cancellationToken).ConfigureAwait(false)));

    private Ok<IReadOnlyList<AccountUseView>> Move(HttpContext context, [Description(AccountId)] string account, JsonBody<AccountMoveBody> body)
    {
        var from = lookup.Get(account);
        DataSetRights.CheckEdit(context, access, body.Value.DataSets ?? accounts.Uses(from.Id).Select(use => use.DatasetId));
        var moved = replacement.Replace(from, lookup.Get(body.Value.To), body.Value.DataSets, ChangeOrigin.Api);
        return TypedResults.Ok<IReadOnlyList<AccountUseView>>([.. moved.Select(dataSet => new AccountUseView(dataSet.Id, dataSet.Name, null))]);
    }

    private Ok<InvitationView> Ask(HttpContext context, [Description(AccountId)] string account)
    {
        var stored = lookup.Get(account);
        var (invitation, token) = invitations.Issue(stored.Connector, stored.Id);
        return TypedResults.Ok(new InvitationView($"{context.Request.Scheme}://{context.Request.Host}{InvitationPages.PathOf(token)}", invitation.ExpiresAt));
    }

    private NoContent Remove([Description(AccountId)] string account)
    {
        setup.Remove(lookup.Get(account));
        return TypedResults.NoContent();
    }

    private Ok<AccountView> Answer(Account account) => TypedResults.Ok(AccountView.Of(AccountState.Of(account, accounts.Uses(account.Id), time.GetUtcNow())));
}
