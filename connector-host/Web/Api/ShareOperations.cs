using System.ComponentModel;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.People.Storage;
using ConnectorPlatform.Host.Web.People;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ConnectorPlatform.Host.Web.Api;

/// <summary>With whom DataSets and accounts are shared; for their owners.</summary>
internal sealed class ShareOperations(ShareStore shares, PersonStore people, GroupStore groups, DataSetConfigurationStore dataSets, AccountLookup accounts)
{
    private const string DataSetId = "The DataSet's id or name.";
    private const string AccountId = "The account's id or name.";
    private const string HolderId = "The id or name of a person, or of a group.";

    public static void Map(IEndpointRouteBuilder api)
    {
        var operations = api.ServiceProvider.GetRequiredService<ShareOperations>();
        var group = api.MapGroup("").WithTags("Sharing");
        group.IsForOwners();
        group.MapGet("/datasets/{dataSet}/shares", operations.OfDataSet).Is("listSharesOfDataSet", "List with whom a DataSet is shared").Fails(StatusCodes.Status404NotFound);
        group.MapPut("/datasets/{dataSet}/shares/{holder}", operations.ShareDataSet)
            .Is("shareDataSet", "Share a DataSet").Example(new ShareBody(ShareLevel.View)).Fails(StatusCodes.Status404NotFound);
        group.MapDelete("/datasets/{dataSet}/shares/{holder}", operations.UnshareDataSet)
            .Is("unshareDataSet", "Share a DataSet no more").Fails(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound);
        group.MapGet("/accounts/{account}/shares", operations.OfAccount).Is("listSharesOfAccount", "List with whom an account is shared").Fails(StatusCodes.Status404NotFound);
        group.MapPut("/accounts/{account}/shares/{holder}", operations.ShareAccount)
            .Is("shareAccount", "Share an account").Example(new ShareBody(ShareLevel.View)).Fails(StatusCodes.Status404NotFound);
        group.MapDelete("/accounts/{account}/shares/{holder}", operations.UnshareAccount)
            .Is("unshareAccount", "Share an account no more").Fails(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound);
    }

    private Ok<IReadOnlyList<ShareView>> OfDataSet([Description(DataSetId)] string dataSet) => Answer(SharedKind.DataSet, dataSets.Get(dataSet).Id);

    private Ok<IReadOnlyList<ShareView>> ShareDataSet([Description(DataSetId)] string dataSet, [Description(HolderId)] string holder, JsonBody<ShareBody> body) =>
        Give(SharedKind.DataSet, dataSets.Get(dataSet).Id, holder, body.Value.Level);

    private NoContent UnshareDataSet([Description(DataSetId)] string dataSet, [Description(HolderId)] string holder) => Take(SharedKind.DataSet, dataSets.Get(dataSet).Id, holder);

    private Ok<IReadOnlyList<ShareView>> OfAccount([Description(AccountId)] string account) => Answer(SharedKind.Account, accounts.Get(account).Id);

    private Ok<IReadOnlyList<ShareView>> ShareAccount([Description(AccountId)] string account, [Description(HolderId)] string holder, JsonBody<ShareBody> body) =>
        Give(SharedKind.Account, accounts.Get(account).Id, holder, body.Value.Level);

    private NoContent UnshareAccount([Description(AccountId)] string account, [Description(HolderId)] string holder) => Take(SharedKind.Account, accounts.Get(account).Id, holder);

    private Ok<IReadOnlyList<ShareView>> Give(SharedKind kind, string id, string holder, ShareLevel level)
    {
        shares.Give(kind, id, HolderOf(holder), level);
        return Answer(kind, id);
    }

    private NoContent Take(SharedKind kind, string id, string holder)
    {
        shares.Take(kind, id, HolderOf(holder));
        return TypedResults.NoContent();
    }

    private string HolderOf(string holder) =>
        groups.Find(holder)?.Id ?? people.Get(holder).Id;

    private Ok<IReadOnlyList<ShareView>> Answer(SharedKind kind, string id) => TypedResults.Ok<IReadOnlyList<ShareView>>([.. shares.Of(kind, id).Select(ShareView.Of)]);
}
