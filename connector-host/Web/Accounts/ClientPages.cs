using ConnectorPlatform.Host.Accounts.OAuth;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Runs.SignIn;
using ConnectorPlatform.Host.Web.Forms;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.Accounts;

/// <summary>Where the operator makes signing in at a connector's source possible: what to register there, and what the source gave for it.</summary>
internal sealed class ClientPages(SiteRenderer site, OAuthClientStore clients, ConnectorCatalog catalog)
{
    public static void Map(IEndpointRouteBuilder server)
    {
        var pages = server.ServiceProvider.GetRequiredService<ClientPages>();
        server.MapMethods("/connectors/{id}/sign-in", Pages.Reading, (HttpContext context, string id) => pages.Show(context, id));
        server.MapPost("/connectors/{id}/sign-in", pages.SaveAsync);
        server.MapPost("/connectors/{id}/sign-in/remove", pages.Remove);
    }

    public static string PathOf(string connector) => $"/connectors/{Uri.EscapeDataString(connector)}/sign-in";

    private IResult Show(HttpContext context, string id, string? typedId = null, string? error = null)
    {
        var package = catalog.Find(id);
        if (!SignInMethods.IsOffered(package))
        {
            throw new PlatformException(PlatformFault.NotFound, $"{package.Manifest.Name} has no sign-in at its source; its credentials are typed in.");
        }

        var state = clients.StateOf(package.Manifest.Id);
        return site.Page(context, new PageView("connector-sign-in", $"Signing in at {package.Manifest.Name}", new
        {
            Id = package.Manifest.Id,
            package.Manifest.Name,
            RedirectUri = SignInPages.RedirectUri(context, package.Manifest.Id),
            ClientId = typedId ?? state.ClientId ?? "",
            state.HasSecret,
            IsConfigured = state.Origin == ClientOrigin.Configuration,
            IsStored = state.Origin == ClientOrigin.Store,
            Errors = error is null ? [] : (ErrorLink[])[new("client-id", error)],
        })
        {
            Crumbs = [new Crumb("Connectors", "/connectors"), new Crumb(package.Manifest.Name, $"/connectors/{Uri.EscapeDataString(id)}")],
            Section = "connectors",
            Status = error is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest,
        });
    }

    private async Task<IResult> SaveAsync(HttpContext context, string id, CancellationToken cancellationToken)
    {
        var form = await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        var connector = catalog.Find(id).Manifest.Id;
        try
        {
            clients.Put(connector, form["client-id"].ToString(), form["client-secret"].ToString());
            return site.Redirect(context, PathOf(connector), "Saved. Users can sign in at the source now.");
        }
        catch (PlatformException exception) when (exception.Fault == PlatformFault.Input)
        {
            return Show(context, id, form["client-id"].ToString(), exception.Message);
        }
    }

    private IResult Remove(HttpContext context, string id)
    {
        clients.Remove(id);
        return site.Redirect(context, PathOf(id), "Removed. Accounts that are connected work until their tokens end.");
    }
}
