using System.ComponentModel;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.People.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ConnectorPlatform.Host.Web.Api;

/// <summary>The tokens of anybody, for administrators; their own are everybody's in <see cref="OwnTokenOperations"/>.</summary>
internal sealed class TokenOperations(ApiTokenStore tokens, PersonStore people)
{
    private const string PersonId = "The person's id or name.";

    public static void Map(IEndpointRouteBuilder api)
    {
        var operations = api.ServiceProvider.GetRequiredService<TokenOperations>();
        var group = api.MapGroup("").WithTags("People");
        group.MapGet("/people/{person}/tokens", operations.List)
            .Is("listTokens", "List a person's tokens", "Also those that have expired.").Fails(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound);
        group.MapPost("/people/{person}/tokens", operations.Add)
            .Is("addToken", "Make a token in a person's name", "The answer is the only place where it is shown.")
            .Example(new TokenBody { Name = "Nightly script", Scopes = [TokenScope.Read, TokenScope.Run] }).Fails(StatusCodes.Status404NotFound);
        group.MapDelete("/people/{person}/tokens/{token}", operations.Revoke).Is("revokeToken", "Let a token open nothing any more").Fails(StatusCodes.Status404NotFound);
    }

    private Ok<ListPage<TokenView>> List([Description(PersonId)] string person, [AsParameters] PageQuery page) =>
        TypedResults.Ok(TokenView.PageOf(tokens.List(people.Get(person).Id), page));

    private Ok<NewTokenView> Add([Description(PersonId)] string person, JsonBody<TokenBody> body)
    {
        var lifetime = body.Value.Days is { } days ? ApiTokenStore.LifetimeOf(days) : ApiTokenStore.UsualLifetime;
        var (token, key) = tokens.Add(people.Get(person).Id, body.Value.Name, TokenScopes.Parse(body.Value.Scopes.Select(scope => scope.ToString())), lifetime);
        return TypedResults.Ok(new NewTokenView(TokenView.Of(token), key));
    }

    private NoContent Revoke([Description(PersonId)] string person, [Description("The token's id.")] string token) => tokens.Remove(token, people.Get(person).Id)
        ? TypedResults.NoContent()
        : throw new PlatformException(PlatformFault.NotFound, $"{person} has no token with the id {token}.");
}

/// <summary>An API token, without what it opens the API with.</summary>
internal sealed record TokenView
{
    public required string Id { get; init; }

    [Description("What it is for.")]
    public required string Name { get; init; }

    [Description("How it begins, to tell tokens apart.")]
    public required string Start { get; init; }

    public required IReadOnlyList<TokenScope> Scopes { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public required DateTimeOffset? LastUsedAt { get; init; }

    public static ListPage<TokenView> PageOf(IEnumerable<ApiToken> tokens, PageQuery page) =>
        page.Of(tokens.OrderBy(token => token.Id, StringComparer.Ordinal), token => token.Id, StringComparer.Ordinal).Select(Of);

    public static TokenView Of(ApiToken token) =>
        new() { Id = token.Id, Name = token.Name, Start = token.Start, Scopes = token.Scopes, ExpiresAt = token.ExpiresAt, LastUsedAt = token.LastUsedAt };
}

/// <summary>A token that was just made.</summary>
internal sealed record NewTokenView(TokenView Token, [property: Description("Goes into the header: Authorization: Bearer KEY. It is kept nowhere.")] string Key);

/// <summary>A token to make.</summary>
internal sealed record TokenBody
{
    [Description("What it is for.")]
    public required string Name { get; init; }

    [Description("A token never may more than its person.")]
    public required IReadOnlyList<TokenScope> Scopes { get; init; }

    [Description("For how many days it is good: 1 to 366; 90 when left out.")]
    public int? Days { get; init; }
}
