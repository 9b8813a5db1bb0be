using System.Diagnostics;

namespace ConnectorPlatform.Host.Web.Site;

/// <summary>Tells failures: on pages as a page, under <c>/api</c> as Problem Details (RFC 9457).</summary>
internal sealed partial class Failures(SiteRenderer site, ILogger<Failures> logger)
{
    private const string ProblemType = "application/problem+json";

    public async Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody listens any more.
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            var failure = FailureView.Of(exception) ?? Unforeseen(exception);
            context.Response.Headers.ContentLength = null;
            await Answer(context, failure).ExecuteAsync(context).ConfigureAwait(false);
        }
    }

    public static FailureView NotFound { get; } = new(
        StatusCodes.Status404NotFound, "Not found", "There is nothing at this address; it may have been deleted or mistyped.", []);

    public IResult Answer(HttpContext context, FailureView failure) => IsApi(context)
        ? Problem(failure)
        : site.Page(context, new PageView("problem", failure.Title, new { failure.Message, failure.Errors, Back = PageBefore(context.Request) }) { Status = failure.Status });

    public static bool IsApi(HttpContext context) => context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase);

    /// <summary>The failure as Problem Details, with the same paths and words as the page.</summary>
    public static IResult Problem(FailureView failure) => Results.Json(
        new
        {
            type = "about:blank",
            title = failure.Title,
            status = failure.Status,
            detail = failure.Message,
            errors = failure.Errors.Select(error => new { path = error.Path, message = error.Message }),
        },
        contentType: ProblemType,
        statusCode: failure.Status);

    /// <summary>The page whose form could not be answered; empty when it is not known.</summary>
    private static string PageBefore(HttpRequest request) =>
        HttpMethods.IsPost(request.Method) && Uri.TryCreate(request.Headers.Referer, UriKind.Absolute, out var page) && page.Authority == request.Host.Value && SiteRenderer.IsLocal(page.PathAndQuery)
            ? page.PathAndQuery
            : "";

    private FailureView Unforeseen(Exception exception)
    {
        var reference = ActivityTraceId.CreateRandom().ToHexString()[..12];
        LogUnforeseen(reference, exception);
        return new(
            StatusCodes.Status500InternalServerError,
            "Something went wrong in the platform",
            $"Nothing was lost that had been saved. Try again; if it stays, give the operator this reference: {reference}.",
            []);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A request failed in a way that nobody foresaw; its page shows the reference {Reference}.")]
    private partial void LogUnforeseen(string reference, Exception exception);
}
