using System.ComponentModel;
using ConnectorPlatform.Host.Accounts.OAuth;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Web.Accounts;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ConnectorPlatform.Host.Web.Api;

/// <summary>The clients that the operator has registered at sources; their secrets are written and never read.</summary>
internal sealed class OAuthClientOperations(OAuthClientStore clients, ConnectorCatalog catalog)
{
    private const string ConnectorId = "The connector's id.";

    public static void Map(IEndpointRouteBuilder api)
    {
        var operations = api.ServiceProvider.GetRequiredService<OAuthClientOperations>();
        var group = api.MapGroup("").WithTags("Connectors");
        group.MapGet("/connectors/{connector}/oauth-client", operations.Show)
            .Is("showOAuthClient", "Show with which client users sign in at a source", "And the redirect address to register there.").Fails(StatusCodes.Status404NotFound);
        group.MapPut("/connectors/{connector}/oauth-client", operations.Put)
            .Is("setOAuthClient", "Set the client with which users sign in at a source", "A secret that is left out stays as it is.")
            .Example(new OAuthClientBody { ClientId = "0123456789abcdef", ClientSecret = "…" }).Fails(StatusCodes.Status404NotFound);
        group.MapDelete("/connectors/{connector}/oauth-client", operations.Remove)
            .Is("removeOAuthClient", "Remove the client", "Accounts that are connected work until their tokens end.").Fails(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound);
    }

    private Ok<OAuthClientView> Show(HttpContext context, [Description(ConnectorId)] string connector) => Answer(context, catalog.Find(connector).Manifest.Id);

    private Ok<OAuthClientView> Put(HttpContext context, [Description(ConnectorId)] string connector, JsonBody<OAuthClientBody> body)
    {
        var id = catalog.Find(connector).Manifest.Id;
        clients.Put(id, body.Value.ClientId, body.Value.ClientSecret);
        return Answer(context, id);
    }

    private NoContent Remove([Description(ConnectorId)] string connector)
    {
        clients.Remove(catalog.Find(connector).Manifest.Id);
        return TypedResults.NoContent();
    }

    private Ok<OAuthClientView> Answer(HttpContext context, string id)
    {
        var state = clients.StateOf(id);
        return TypedResults.Ok(new OAuthClientView
        {
            ClientId = state.ClientId,
            HasSecret = state.HasSecret,
            Origin = state.Origin.ToString(),
            RedirectUri = SignInPages.RedirectUri(context, id),
        });
    }
}

/// <summary>A client; its secret is never shown.</summary>
internal sealed record OAuthClientView
{
    [Description("Null when there is none.")]
    public required string? ClientId { get; init; }

    public required bool HasSecret { get; init; }

    [Description("None, Store, or Configuration, which goes before the store.")]
    public required string Origin { get; init; }

    [Description("What is to be registered at the source.")]
    public required string RedirectUri { get; init; }
}

/// <summary>A client to be set.</summary>
internal sealed record OAuthClientBody
{
    [Description("As the source gave it.")]
    public required string ClientId { get; init; }

    [Description("Left out: stays as it is stored. Written only.")]
    public string? ClientSecret { get; init; }
}
