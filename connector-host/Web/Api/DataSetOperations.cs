using System.ComponentModel;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Listing;
using ConnectorPlatform.Host.Web.People;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace ConnectorPlatform.Host.Web.Api;

/// <summary>DataSets and their configuration.</summary>
internal sealed class DataSetOperations(
    DataSetListing listing,
    DataSetConfigurationStore dataSets,
    DataSetChangeStore changes,
    DataSetSetup setup,
    DataSetEdit edit,
    DataSetRemoval removal,
    DataSetDuplication duplication,
    ConnectorCatalog catalog,
    AccountLookup accounts)
{
    private const string DataSetId = "The DataSet's id or name.";
    private const string SeenVersion = "The ETag of the DataSet as it was read, or * for whatever it is now.";

    /// <summary>Older changes are of no use to a program.</summary>
    private const int MostChanges = 1000;

    public static void Map(IEndpointRouteBuilder api)
    {
        var operations = api.ServiceProvider.GetRequiredService<DataSetOperations>();
        var group = api.MapGroup("").WithTags("DataSets");
        group.MapGet("/datasets", operations.List).Is("listDataSets", "List the DataSets").Fails(StatusCodes.Status400BadRequest);
        group.MapGet("/tags", operations.Tags).Is("listTags", "List the tags of DataSets", "A DataSet's own are given and changed with the DataSet.").Fails(StatusCodes.Status400BadRequest);
        group.MapPost("/datasets", operations.Add)
            .Is("createDataSet", "Create a DataSet", "It is empty until it has run.")
            .Example(new { name = "Link clicks", connector = "hello", account = "sample", details = new { }, updateMethod = "replace" })
            .Once().Fails(StatusCodes.Status404NotFound);
        group.MapGet("/datasets/{dataSet}", operations.Show).Is("showDataSet", "Show a DataSet", "Its configuration. The header ETag tells its version.").Fails(StatusCodes.Status404NotFound);
        group.MapPatch("/datasets/{dataSet}", operations.Change)
            .Is("changeDataSet", "Change a DataSet", "What is left out stays as it is. The next run takes the change.")
            .Example(new { name = "Link clicks", updateMethod = "append" })
            .Fails(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict, StatusCodes.Status412PreconditionFailed, StatusCodes.Status428PreconditionRequired);
        group.MapPost("/datasets/{dataSet}/change-effects", operations.EffectsAsync).Needs(Permission.Read)
            .Is("previewChange", "Tell what a change would mean", "For the rows that are there. Changes nothing.")
            .Example(new { updateMethod = "append" })
            .Fails(StatusCodes.Status404NotFound);
        group.MapGet("/datasets/{dataSet}/changes", operations.Changes).Is("listChanges", "List the changes of a DataSet", "The newest first.").Fails(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound);
        group.MapGet("/datasets/{dataSet}/removal", operations.RemovalAsync).Is("previewRemoval", "Tell what goes when a DataSet is deleted").Fails(StatusCodes.Status404NotFound);
        group.MapDelete("/datasets/{dataSet}", operations.Delete).IsForOwners()
            .Is("deleteDataSet", "Delete a DataSet", "With its rows, runs, schedules and notice rules.")
            .Fails(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict, StatusCodes.Status412PreconditionFailed);
        group.MapPost("/datasets/{dataSet}/duplicate", operations.Duplicate)
            .Is("duplicateDataSet", "Duplicate a DataSet", "The same configuration without rows; its schedules are paused.")
            .Example(new { name = "Link clicks of another account" })
            .Once().Fails(StatusCodes.Status404NotFound);
    }

    private Ok<ListPage<DataSetItemView>> List(
        [AsParameters] PageQuery page,
        [Description("Words, each of which is in the name, description, tags or connector.")] string? search,
        [Description("Only those of this connector: its id.")] string? connector,
        [Description("Only those with this tag.")] string? tag,
        [Description("all, those with a run within a day, or those that need attention.")] Word<ListingView>? view,
        [Description("By what they are ordered; by name by default.")] Word<ListingOrder>? order,
        [Description("Whether the order is turned round.")] bool? descending)
    {
        var found = listing.Read(new ListingQuery
        {
            Search = search ?? "",
            Connector = connector,
            Tag = tag,
            View = view?.Value ?? ListingView.All,
            Order = order?.Value ?? ListingOrder.Name,
            IsDescending = descending ?? false,
            Skip = (int)page.Offset,
            Take = page.Count,
        });
        return TypedResults.Ok(page.At([.. found.DataSets.Select(DataSetItemView.Of)], found.Found));
    }

    private Ok<ListPage<TagView>> Tags([AsParameters] PageQuery page) => TypedResults.Ok(page.Of(
        listing.Tags().Select(tag => new TagView(tag.Value, tag.Count)).OrderBy(tag => tag.Tag, StringComparer.OrdinalIgnoreCase), tag => tag.Tag, StringComparer.OrdinalIgnoreCase));

    private Created<DataSetView> Add(JsonBody<DataSetBody> body, HttpResponse response)
    {
        var wanted = body.Value;
        var dataSet = setup.AddDataSet(
            wanted.Name,
            catalog.Find(wanted.Connector),
            accounts.Choose(wanted.Account),
            wanted.Details ?? AccountLookup.NoDetails,
            Checked(wanted.UpdateMethod, wanted.Rules.ApplyTo(new DataSetRules())),
            DataSetLabels.Of(wanted.Description, wanted.Tags));
        EntityTags.Set(response, dataSet);
        return TypedResults.Created($"/api/v1/datasets/{dataSet.Id}", DataSetView.Of(dataSet));
    }

    private Ok<DataSetView> Show([Description(DataSetId)] string dataSet, HttpResponse response) => Answer(dataSets.Get(dataSet), response);

    private Ok<DataSetView> Change(
        [Description(DataSetId)] string dataSet, [FromHeader(Name = "If-Match"), Description(SeenVersion)] string? ifMatch, JsonBody<DataSetChangeBody> body, HttpResponse response)
    {
        var before = dataSets.Get(dataSet);
        EntityTags.Check(ifMatch, before);
        return Answer(edit.Save(Apply(body.Value, before), ChangeOrigin.Api), response);
    }

    private async Task<Ok<ChangeEffectsView>> EffectsAsync([Description(DataSetId)] string dataSet, JsonBody<DataSetChangeBody> body, CancellationToken cancellationToken) =>
        TypedResults.Ok(new ChangeEffectsView(await edit.PreviewAsync(Apply(body.Value, dataSets.Get(dataSet)), cancellationToken).ConfigureAwait(false)));

    private Ok<ListPage<DataSetChangeView>> Changes([Description(DataSetId)] string dataSet, [AsParameters] PageQuery page)
    {
        var all = changes.Of(dataSets.Get(dataSet).Id, MostChanges);
        return TypedResults.Ok(page.At(
            [
                .. all.Skip((int)page.Offset).Take(page.Count).Select(change => new DataSetChangeView(
                    change.ChangedAt, change.Origin, change.ChangedBy, [.. change.Fields.Select(field => new FieldChangeView(field.Field, field.Before, field.After))])),
            ],
            all.Count));
    }

    private async Task<Ok<RemovalView>> RemovalAsync([Description(DataSetId)] string dataSet, CancellationToken cancellationToken)
    {
        var impact = await removal.ImpactAsync(dataSets.Get(dataSet), cancellationToken).ConfigureAwait(false);
        return TypedResults.Ok(new RemovalView(impact.Obstacle, impact.Losses));
    }

    private NoContent Delete([Description(DataSetId)] string dataSet, [FromHeader(Name = "If-Match"), Description(SeenVersion)] string? ifMatch)
    {
        var stored = dataSets.Get(dataSet);
        EntityTags.Check(ifMatch ?? "*", stored);
        removal.Delete(stored);
        return TypedResults.NoContent();
    }

    private Created<DataSetView> Duplicate([Description(DataSetId)] string dataSet, JsonBody<DuplicateBody> body, HttpResponse response)
    {
        var stored = dataSets.Get(dataSet);
        var duplicate = duplication.Duplicate(stored, body.Value.Name ?? duplication.SuggestName(stored.Name));
        EntityTags.Set(response, duplicate);
        return TypedResults.Created($"/api/v1/datasets/{duplicate.Id}", DataSetView.Of(duplicate));
    }

    private static Ok<DataSetView> Answer(DataSetConfiguration dataSet, HttpResponse response)
    {
        EntityTags.Set(response, dataSet);
        return TypedResults.Ok(DataSetView.Of(dataSet));
    }

    private DataSetConfiguration Apply(DataSetChangeBody change, DataSetConfiguration before)
    {
        var (method, rules) = Checked(change.UpdateMethod ?? before.UpdateMethod, change.Rules?.ApplyTo(before.Rules) ?? before.Rules);
        var labels = DataSetLabels.Of(change.Description ?? before.Description, change.Tags ?? before.Tags);
        var changed = before with { Name = change.Name ?? before.Name, UpdateMethod = method, Rules = rules, Description = labels.Description, Tags = labels.Tags };
        changed = change.Account is { } account ? DataSetSetup.WithAccount(changed, accounts.Choose(account)) : changed;
        return change.Details is { } details ? setup.WithDetails(changed, catalog.Find(changed.Connector), details) : changed;
    }

    private static (UpdateMethod Method, DataSetRules Rules) Checked(UpdateMethod method, DataSetRules rules) =>
        method == UpdateMethod.Partition && rules.Partition is null
            ? throw new PlatformException(PlatformFault.Input, "The update method partition needs rules.partition, such as { \"column\": \"date\", \"unit\": \"day\" }.")
            : (method, rules);
}
