using Microsoft.AspNetCore.Antiforgery;

namespace ConnectorPlatform.Host.Web.Site;

/// <summary>What keeps other pages in the same browser from reading this one or acting in its name.</summary>
internal sealed class Protection(Failures failures, IAntiforgery antiforgery)
{
    private static readonly string[] LocalNames = ["127.0.0.1", "localhost", "[::1]"];

    public async Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        SetHeaders(context.Response.Headers);
        var request = context.Request;
        if (!LocalNames.Contains(request.Host.Host, StringComparer.OrdinalIgnoreCase))
        {
            // A foreign page that rebinds its own name to this address must not read the data.
            context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
            return;
        }

        if (await RefusalAsync(context).ConfigureAwait(false) is { } refusal)
        {
            await failures.Answer(context, refusal).ExecuteAsync(context).ConfigureAwait(false);
            return;
        }

        await next(context).ConfigureAwait(false);
    }

    private static void SetHeaders(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy =
            "default-src 'self'; script-src 'self'; style-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
        headers.CacheControl = "no-cache, no-store";
        headers.Pragma = "no-cache";
    }

    private async Task<FailureView?> RefusalAsync(HttpContext context)
    {
        var request = context.Request;
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method))
        {
            return null;
        }

        if (!IsOwnOrigin(request))
        {
            return new(StatusCodes.Status403Forbidden, "Refused", "Changes are made from this host's own pages, or by a program; this request came from another site.", []);
        }

        // A program that calls the API holds no cookie that a foreign page could use.
        return Failures.IsApi(context) || await antiforgery.IsRequestValidAsync(context).ConfigureAwait(false)
            ? null
            : new(StatusCodes.Status400BadRequest, "The page is too old", "Nothing was changed. Go back, load the page anew, and send the form again.", []);
    }

    private static bool IsOwnOrigin(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        return (origin.Length == 0 || origin == $"{request.Scheme}://{request.Host}")
            && request.Headers["Sec-Fetch-Site"].ToString() is "" or "same-origin" or "none";
    }
}
