using ConnectorPlatform.Host.Web.People;
using Microsoft.AspNetCore.Antiforgery;

namespace ConnectorPlatform.Host.Web.Site;

/// <summary>Refuses changes that another site sends in the name of who is signed in.</summary>
internal sealed class ForgeryCheck(Failures failures, IAntiforgery antiforgery)
{
    public async Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        if (await RefusalAsync(context).ConfigureAwait(false) is { } refusal)
        {
            await failures.Answer(context, refusal).ExecuteAsync(context).ConfigureAwait(false);
            return;
        }

        await next(context).ConfigureAwait(false);
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

        // A program with a token, or on a machine without sign-in, holds no cookie that a foreign page could use.
        return (Failures.IsApi(context) && context.Caller().Kind != CallerKind.Session) || await antiforgery.IsRequestValidAsync(context).ConfigureAwait(false)
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
