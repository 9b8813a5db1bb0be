using System.Security.Claims;
using ConnectorPlatform.Host.Audit;
using ConnectorPlatform.Host.Web.People;

namespace ConnectorPlatform.Host.Web.Audit;

/// <summary>Says for each request who acts in it.</summary>
internal static class RequestActor
{
    public static Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        var address = context.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : context.Connection.RemoteIpAddress;
        CurrentActor.Value = Of(context.User, address?.ToString());
        return next(context);
    }

    private static Actor Of(ClaimsPrincipal user, string? address) => user.Identity is { IsAuthenticated: true } identity
        ? new Actor(
            identity.AuthenticationType == nameof(CallerKind.Token) ? ActorKind.Token : ActorKind.Person,
            user.FindFirst("sub")?.Value,
            user.FindFirst("name")?.Value ?? "without a name",
            address)
        : new Actor(ActorKind.Person, null, "nobody", address);
}
