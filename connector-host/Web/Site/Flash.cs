using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace ConnectorPlatform.Host.Web.Site;

/// <summary>One sentence on what was just done, carried to the next page in a cookie that only this host can write and read.</summary>
internal sealed class Flash(IDataProtectionProvider protection)
{
    private const string Cookie = "done";

    // A cookie holds 4 KB, and protecting makes it longer.
    private const int LongestText = 1000;

    private readonly IDataProtector _box = protection.CreateProtector("flash");

    public void Put(HttpContext context, string text) =>
        context.Response.Cookies.Append(Cookie, _box.Protect(text.Length > LongestText ? text[..LongestText] + "…" : text), Options());

    /// <summary>The sentence, once.</summary>
    public string? Take(HttpContext context)
    {
        if (context.Request.Cookies[Cookie] is not { } kept)
        {
            return null;
        }

        context.Response.Cookies.Delete(Cookie, Options());
        try
        {
            return _box.Unprotect(kept);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static CookieOptions Options() => new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/", IsEssential = true };
}
