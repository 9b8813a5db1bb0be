using System.ComponentModel;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.Web.People;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ConnectorPlatform.Host.Web.Api;

/// <summary>The tokens of who asks.</summary>
internal sealed class OwnTokenOperations(OwnTokens tokens)
{
    private const string Path = "/profile/tokens";

    public static void Map(IEndpointRouteBuilder api)
    {
        var operations = api.ServiceProvider.GetRequiredService<OwnTokenOperations>();
        var group = api.MapGroup("").WithTags("People");
        group.MapGet(Path, operations.List)
            .Is("listOwnTokens", "List your tokens", "Also those that have expired.").Fails(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound);
        group.MapPost(Path, operations.Add)
            .Is("addOwnToken", "Make a token in your name", "The answer is the only place where it is shown. With a token, none is made that has other scopes or lives longer; it is revoked with the one that made it.")
            .Example(new TokenBody { Name = "Nightly script", Scopes = [TokenScope.Read], Days = 30 }).Fails(StatusCodes.Status404NotFound);
        group.MapDelete($"{Path}/{{token}}", operations.Revoke)
            .Is("revokeOwnToken", "Let a token of yours open nothing any more", "With a token, only one whose scopes it has itself.").Fails(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound);
    }

    private Ok<ListPage<TokenView>> List(HttpContext context, [AsParameters] PageQuery page) => TypedResults.Ok(TokenView.PageOf(tokens.List(context.Caller()), page));

    private Ok<NewTokenView> Add(HttpContext context, JsonBody<TokenBody> body)
    {
        var (token, key) = tokens.Add(context.Caller(), body.Value.Name, TokenScopes.Parse(body.Value.Scopes.Select(scope => scope.ToString())), body.Value.Days);
        return TypedResults.Ok(new NewTokenView(TokenView.Of(token), key));
    }

    private NoContent Revoke(HttpContext context, [Description("The token's id.")] string token) => tokens.Revoke(context.Caller(), token)
        ? TypedResults.NoContent()
        : throw new PlatformException(PlatformFault.NotFound, $"You have no token with the id {token}.");
}
