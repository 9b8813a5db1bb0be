using System.Net;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.People;

/// <summary>Lets a request to its endpoint when the caller may use it; an endpoint that does not say who may use it is closed.</summary>
internal sealed class Admission(Failures failures)
{
    public const string SignInPath = "/sign-in";

    public Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint() is not { } endpoint)
        {
            // There is nothing at this address, and so nothing to keep from anybody.
            return next(context);
        }

        var caller = context.Caller();
        var rule = endpoint.Metadata.GetMetadata<AccessRule>();
        if (rule is not null && (rule.Permission is not { } needed || caller.May(needed) || (rule.IsOpenToThisMachine && IsOfThisMachine(context))))
        {
            return next(context);
        }

        return caller.Kind == CallerKind.Nobody ? AskToSignInAsync(context) : RefuseAsync(context, rule);
    }

    private Task RefuseAsync(HttpContext context, AccessRule? rule)
    {
        var why = context.Caller().Kind == CallerKind.Token
            ? $"The token's scopes and its person's role do not allow it; it needs the permission to {Word(rule)}."
            : $"Your role does not allow it; it needs the permission to {Word(rule)}. An administrator can give you another role.";
        return failures.Answer(context, new(StatusCodes.Status403Forbidden, "Not allowed", why, [])).ExecuteAsync(context);
    }

    private static Task AskToSignInAsync(HttpContext context)
    {
        if (Failures.IsApi(context) || context.Request.Path == Operations.Metrics.Path)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            var failure = new FailureView(
                StatusCodes.Status401Unauthorized, "Not signed in", "Send a token that is good: Authorization: Bearer TOKEN. \"token add\", or the page of your profile, makes one.", []);
            return Failures.Problem(failure).ExecuteAsync(context);
        }

        if (context.Request.Headers.ContainsKey("HX-Request"))
        {
            // A piece of a page must not become the sign-in page: the whole page goes there.
            context.Response.Headers["HX-Redirect"] = AddressFor(LocalPath(context.Request.Headers["HX-Current-URL"].ToString()));
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        }

        var isReading = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = AddressFor(isReading ? context.Request.Path.Value + context.Request.QueryString : LocalPath(context.Request.Headers.Referer.ToString()));
        return Task.CompletedTask;
    }

    private static string AddressFor(string path) => path == "/" ? SignInPath : $"{SignInPath}?return={Uri.EscapeDataString(path)}";

    private static string LocalPath(string address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) ? uri.PathAndQuery : "/";

    private static string Word(AccessRule? rule) => rule?.Permission?.ToString().ToLowerInvariant() ?? "do what nobody may";

    // Behind a proxy every request seems to come from this machine.
    private static bool IsOfThisMachine(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && Protection.IsLocalName(context.Request.Host.Host) && !context.Request.Headers.ContainsKey("X-Forwarded-For") && !context.Request.Headers.ContainsKey("Forwarded");
}
