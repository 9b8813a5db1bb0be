using ConnectorPlatform.Host.Accounts.OAuth;

namespace ConnectorPlatform.Host.Web.Accounts;

/// <summary>
/// Tells browsers apart, so that a sign-in ends in the one that it began in: a code that somebody else has slipped in is then worth nothing.
/// The cookie must come along when the source sends the browser back, hence <c>Lax</c>.
/// </summary>
internal static class SignInBrowser
{
    private const int LongestValue = 100;

    /// <summary>The browser's own value; one that has none is given one.</summary>
    public static string Of(HttpContext context)
    {
        if (Known(context) is { } known)
        {
            return known;
        }

        var value = PendingSignIn.NewSecret();
        context.Response.Cookies.Append(Name(context), value, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Secure = context.Request.IsHttps,
            Path = "/",
            IsEssential = true,
        });
        return value;
    }

    /// <summary>The browser's own value; null when it has none.</summary>
    public static string? Known(HttpContext context) =>
        context.Request.Cookies[Name(context)] is { Length: > 0 and < LongestValue } value ? value : null;

    // The prefix keeps other hosts of the same domain from setting it; browsers take it with HTTPS only.
    private static string Name(HttpContext context) => context.Request.IsHttps ? "__Host-sign-in" : "sign-in";
}
