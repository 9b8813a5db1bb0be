using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.People.Storage;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.People;

/// <summary>Finds out who sends a request: by the session of the browser, or by a token, which opens the API and the metrics only.</summary>
internal sealed class CallerRecognition(SignInMode mode, PersonStore people, SessionStore sessions, ApiTokenStore tokens)
{
    private const string Scheme = "Bearer ";

    public async Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        var caller = mode == SignInMode.Off ? Caller.Owner : Recognise(context);
        context.Features.Set(caller);
        context.User = caller.ToPrincipal();
        Viewer.Current = caller.Person is { } person ? new Viewer(person.Id, person.Role == Role.Administrator) : null;
        await next(context).ConfigureAwait(false);
    }

    private Caller Recognise(HttpContext context)
    {
        var authorization = context.Request.Headers.Authorization.ToString();
        if (authorization.Length == 0)
        {
            return SessionCookie.Key(context.Request) is { } key ? BySession(key) : Caller.Nobody;
        }

        // Who sends a token means it: the cookie of the same browser does not count beside it.
        return authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && (Failures.IsApi(context) || context.Request.Path == Operations.Metrics.Path)
            ? ByToken(authorization[Scheme.Length..].Trim())
            : Caller.Nobody;
    }

    private Caller BySession(string key) => sessions.Find(key) is { } session && people.FindById(session.PersonId) is { IsDisabled: false } person
        ? new Caller(CallerKind.Session, person.Name, person.Role.Permissions()) { Person = person, SessionId = session.Id }
        : Caller.Nobody;

    private Caller ByToken(string key) => tokens.Find(key) is { } token && people.FindById(token.PersonId) is { IsDisabled: false } person
        ? new Caller(CallerKind.Token, person.Name, token.Permissions.Intersect(person.Role.Permissions()).ToHashSet()) { Person = person, Token = token }
        : Caller.Nobody;
}
