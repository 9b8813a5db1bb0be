using System.ComponentModel;
using System.Runtime.ExceptionServices;
using System.Text.Json;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Forms.Validation;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.Runs.Menus;
using ConnectorPlatform.Host.Web.People;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ConnectorPlatform.Host.Web.Api;

/// <summary>Connectors, their forms and live menus.</summary>
internal sealed class ConnectorOperations(
    ConnectorCatalog catalog, FormValidator validator, AccountLookup accounts, LiveMenus menus)
{
    private const string ConnectorId = "The connector's id.";

    public static void Map(IEndpointRouteBuilder api)
    {
        var operations = api.ServiceProvider.GetRequiredService<ConnectorOperations>();
        var group = api.MapGroup("").WithTags("Connectors");
        group.MapGet("/connectors", operations.List).Is("listConnectors", "List the connectors").Fails(StatusCodes.Status400BadRequest);
        group.MapGet("/connectors/{connector}", operations.Show).Is("showConnector", "Show a connector").Fails(StatusCodes.Status404NotFound);
        group.MapGet("/connectors/{connector}/forms", operations.Forms)
            .Is("showForms", "Show a connector's forms", "JSON Schemas of the dialect connector-form/1: what credentials and details must be.")
            .Fails(StatusCodes.Status404NotFound);
        group.MapPost("/connectors/{connector}/forms/{form}/settle", operations.Settle).Needs(Permission.Read)
            .Is("settleForm", "Settle a form", "Tells for what has been filled in so far which fields are visible and required, what would be saved, and what is wrong. Changes nothing.")
            .Example(new { data = new { report = "link_clicks" } })
            .Fails(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status503ServiceUnavailable);
        group.MapPost("/connectors/{connector}/menus/{menu}", operations.MenuAsync).Needs(Permission.Run)
            .Is("readMenu", "Read a live menu", "Asks the source for the options that a field's x-options names.")
            .Example(new { account = "sample", details = new { }, search = "" })
            .Fails(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status502BadGateway);
        group.MapGet("/broken-packages", operations.Broken).Is("listBrokenPackages", "List the packages that cannot be used, with their reasons").Fails(StatusCodes.Status400BadRequest);
    }

    private Ok<ListPage<ConnectorView>> List(
        [AsParameters] PageQuery page,
        [Description("Only those of this category.")] string? category,
        [Description("Only those whose name or description has this text.")] string? search) =>
        TypedResults.Ok(page.Of(
            catalog.Packages.GroupBy(package => package.Manifest.Id).Select(versions => ConnectorView.Of([.. versions]))
                .Where(connector => category is null || string.Equals(connector.Category, category, StringComparison.OrdinalIgnoreCase))
                .Where(connector => search is null || $"{connector.Name}\n{connector.Description}".Contains(search, StringComparison.OrdinalIgnoreCase)),
            connector => connector.Id,
            StringComparer.Ordinal));

    private Ok<ConnectorView> Show([Description(ConnectorId)] string connector)
    {
        var id = catalog.Find(connector).Manifest.Id;
        return TypedResults.Ok(ConnectorView.Of([.. catalog.Packages.Where(package => package.Manifest.Id == id)]));
    }

    private Ok<ConnectorFormsView> Forms([Description(ConnectorId)] string connector, [Description("The version; by default the one that new runs take.")] string? version)
    {
        var package = catalog.Find(connector, version);
        return TypedResults.Ok(new ConnectorFormsView(package.CredentialsForm, package.DetailsForm));
    }

    private Ok<SettledView> Settle([Description(ConnectorId)] string connector, [Description("credentials or details.")] Word<FormName> form, JsonBody<SettleBody> body)
    {
        var package = catalog.Find(connector);
        var parsed = Form.Parse(form.Value == FormName.Credentials ? package.CredentialsForm : package.DetailsForm);
        var settled = parsed.Settle(body.Value.Data);
        return TypedResults.Ok(SettledView.Of(settled, validator.Validate(parsed, settled, UnknownNames.Refused)));
    }

    private async Task<Ok<MenuView>> MenuAsync(
        [Description(ConnectorId)] string connector, [Description("The menu's name.")] string menu, JsonBody<MenuBody> body, CancellationToken cancellationToken)
    {
        var details = body.Value.Details ?? AccountLookup.NoDetails;
        var question = new MenuQuestion { Menu = MenuOf(menu, details), Details = details, Search = string.IsNullOrWhiteSpace(body.Value.Search) ? null : body.Value.Search.Trim() };
        var answer = await menus.GetAsync(new MenuOwner(catalog.Find(connector), accounts.Choose(body.Value.Account)), question, cancellationToken).ConfigureAwait(false);
        if (answer.Cause is { } cause)
        {
            ExceptionDispatchInfo.Throw(cause);
        }

        return TypedResults.Ok(new MenuView([.. answer.Options.Select(option => new MenuOptionView(option.Value, option.Label, option.Description))]));
    }

    // A menu may depend on anything that is filled in: an answer is known again only for the same details.
    private static LiveMenu MenuOf(string name, JsonElement details) => new(
        name, details.ValueKind == JsonValueKind.Object ? [.. details.EnumerateObject().Select(member => member.Name)] : [], AllowCustom: false, Search: true, CacheSeconds: null);

    private Ok<ListPage<BrokenPackageView>> Broken([AsParameters] PageQuery page) => TypedResults.Ok(page.Of(
        catalog.Broken.Select(package => new BrokenPackageView(
            package.Folder, package.Id, package.Version, [.. package.Problems.Select(problem => new PackageProblemView(problem.File, problem.Pointer, problem.Message))])),
        package => package.Folder,
        StringComparer.Ordinal));
}
