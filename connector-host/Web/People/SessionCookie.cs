using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.People.Storage;

namespace ConnectorPlatform.Host.Web.People;

/// <summary>Keeps the key of a session in the browser, out of reach of scripts and of requests that other sites make.</summary>
internal sealed class SessionCookie(SessionStore sessions, SignInOptions options)
{
    private const string Name = "session";

    // The prefix makes browsers refuse one that another host of the domain has set.
    private const string NameOverTls = "__Host-session";

    public static string? Key(HttpRequest request) => request.Cookies[NameOf(request)];

    /// <summary>Signs a person in under a new key: one that was put into the browser beforehand opens nothing.</summary>
    public void Open(HttpContext context, Person person)
    {
        EndPresent(context);
        var key = sessions.Open(person.Id, SenderOf(context), context.Request.Headers.UserAgent.ToString());
        context.Response.Cookies.Append(NameOf(context.Request), key, Options(context.Request));
    }

    /// <summary>Ends the browser's session, here and there.</summary>
    public void End(HttpContext context)
    {
        EndPresent(context);
        context.Response.Cookies.Delete(NameOf(context.Request), Options(context.Request));
    }

    /// <summary>The address that a request comes from.</summary>
    public static string SenderOf(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress;
        return (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString() ?? "unknown";
    }

    private void EndPresent(HttpContext context)
    {
        if (Key(context.Request) is { } key && sessions.Find(key) is { } session)
        {
            sessions.End(session.PersonId, session.Id);
        }
    }

    private static string NameOf(HttpRequest request) => request.IsHttps ? NameOverTls : Name;

    // Lax, so that a link in a mail opens the page and not the sign-in.
    private CookieOptions Options(HttpRequest request) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = request.IsHttps,
        Path = "/",
        IsEssential = true,
        MaxAge = options.EndsAfter,
    };
}
