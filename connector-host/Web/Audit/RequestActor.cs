using System.Security.Claims;
using ConnectorPlatform.Host.Audit;

namespace ConnectorPlatform.Host.Web.Audit;

/// <summary>Says for each request who acts in it.</summary>
internal static class RequestActor
{
    /// <summary>The authentication type of programs with an API token.</summary>
    public const string TokenAuthentication = "Token";

    public static Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        var address = context.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : context.Connection.RemoteIpAddress;
        CurrentActor.Value = Of(context.User, address?.ToString());
        return next(context);
    }

    private static Actor Of(ClaimsPrincipal user, string? address) => user.Identity is { IsAuthenticated: true } identity
        ? new Actor(
            identity.AuthenticationType == TokenAuthentication ? ActorKind.Token : ActorKind.Person,
            user.FindFirst("sub")?.Value,
            user.FindFirst("name")?.Value ?? "without a name",
            address)
        : new Actor(ActorKind.Person, null, "local", address);
}
