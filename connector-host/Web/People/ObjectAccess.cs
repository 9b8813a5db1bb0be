using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Web.Site;
using Microsoft.AspNetCore.Routing.Patterns;

namespace ConnectorPlatform.Host.Web.People;

/// <summary>Whether the caller has a right of a level on the DataSet or account that the address names; looked up when a page asks.</summary>
internal sealed record RightHere(Func<ShareLevel, bool> Reaches);

/// <summary>Finds the DataSet or account that an address names, and refuses those who may look at it and not do what they ask for.</summary>
internal sealed class ObjectAccess(Failures failures, Access access, DataSetConfigurationStore dataSets, AccountStore accounts, RunStore runs)
{
    public Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Caller().Person is not { } person || context.GetEndpoint() is not RouteEndpoint endpoint)
        {
            return next(context);
        }

        context.Features.Set(new RightHere(level => Find(endpoint, context.Request.RouteValues) is not { } named || access.May(person, named.Kind, named.Id, level)));
        if (NeededFor(endpoint) is not { } needed || Find(endpoint, context.Request.RouteValues) is not { } found
            || access.May(person, found.Kind, found.Id, needed))
        {
            return next(context);
        }

        var what = found.Kind == SharedKind.DataSet ? "DataSet" : "account";
        var why = needed == ShareLevel.Own ? $"Only an owner of this {what} may do that." : $"This {what} is shared with you to {(found.Kind == SharedKind.DataSet ? "look at" : "use")}, not to change or run it.";
        return failures.Answer(context, new(StatusCodes.Status403Forbidden, "Not allowed", $"{why} Ask an owner, or an administrator.", [])).ExecuteAsync(context);
    }

    /// <summary>Null where looking is enough: what cannot be seen is not found anyway.</summary>
    private static ShareLevel? NeededFor(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<AccessRule>() switch
    {
        { IsOfOwners: true } => ShareLevel.Own,
        { Permission: Permission.Run or Permission.Write } => ShareLevel.Edit,
        _ => null,
    };

    private (SharedKind Kind, string Id)? Find(RouteEndpoint endpoint, RouteValueDictionary values)
    {
        // The first parameter below such a name says which it is, on the pages as in the API.
        var segments = endpoint.RoutePattern.PathSegments.Select(segment => segment.Parts is [RoutePatternLiteralPart literal] ? literal.Content : "").ToList();
        string? Named(string collection) =>
            segments.IndexOf(collection) is >= 0 and var index && endpoint.RoutePattern.PathSegments.ElementAtOrDefault(index + 1)?.Parts is [RoutePatternParameterPart parameter]
                ? values[parameter.Name]?.ToString()
                : null;
        var dataSet = Named("datasets") is { } name ? dataSets.Find(name)?.Id : Named("runs") is { } run ? runs.Find(run)?.DataSetId : null;
        if (dataSet is not null)
        {
            return (SharedKind.DataSet, dataSet);
        }

        return Named("accounts") is { } account && accounts.List().FirstOrDefault(stored => stored.Id == account || string.Equals(stored.Name, account, StringComparison.OrdinalIgnoreCase)) is { } found
            ? (SharedKind.Account, found.Id)
            : null;
    }
}
