using ConnectorPlatform.Host.People;

namespace ConnectorPlatform.Host.Web.People;

/// <summary>Who may use an endpoint. One that declares none is refused to all.</summary>
/// <param name="Permission">What the caller needs; null for everybody, also who is not signed in.</param>
internal sealed record AccessRule(Permission? Permission)
{
    /// <summary>Also for a program of this machine that does not sign in.</summary>
    public bool IsOpenToThisMachine { get; init; }

    /// <summary>Only for owners of the DataSet or account that the address names.</summary>
    public bool IsOfOwners { get; init; }
}

/// <summary>Declares who may use endpoints, where they are mapped.</summary>
internal static class AccessRules
{
    /// <summary>What is mapped here needs a permission to be read and another to change something, unless it says otherwise itself.</summary>
    public static RouteGroupBuilder Area(this IEndpointRouteBuilder server, Permission read, Permission change)
    {
        var area = server.MapGroup("");
        ((IEndpointConventionBuilder)area).Add(endpoint => endpoint.Metadata.Add(new AccessRule(IsReading(endpoint) ? read : change)));
        return area;
    }

    public static TBuilder Needs<TBuilder>(this TBuilder endpoint, Permission permission)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new AccessRule(permission));

    public static TBuilder IsForOwners<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new AccessRule(Permission.Write) { IsOfOwners = true });

    public static TBuilder IsForEverybody<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new AccessRule((Permission?)null));

    private static bool IsReading(EndpointBuilder endpoint) =>
        endpoint.Metadata.OfType<HttpMethodMetadata>().LastOrDefault()?.HttpMethods.All(method => HttpMethods.IsGet(method) || HttpMethods.IsHead(method)) == true;
}
