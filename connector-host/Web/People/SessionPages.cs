using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.People.Storage;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.People;

/// <summary>Signing in by name and password, and signing out.</summary>
internal sealed class SessionPages(SiteRenderer site, SignIn signIn, PersonStore people, SessionCookie cookie, OpenIdConnectSettings provider, TimeProvider time)
{
    public static void Map(IEndpointRouteBuilder server)
    {
        var pages = server.ServiceProvider.GetRequiredService<SessionPages>();
        server.MapMethods(Admission.SignInPath, Pages.Reading, pages.Show).IsForEverybody();
        server.MapPost(Admission.SignInPath, pages.SignInAsync).IsForEverybody();
        server.MapPost("/sign-out", pages.SignOut).IsForEverybody();
    }

    private IResult Show(HttpContext context)
    {
        var next = context.Request.Query["return"].ToString();
        return context.Caller().Kind == CallerKind.Nobody ? Form(context, "", next, null) : site.Redirect(context, next);
    }

    private async Task<IResult> SignInAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var form = await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        var (name, next) = (form["name"].ToString(), form["return"].ToString());
        var result = signIn.Try(name, form["password"].ToString(), SessionCookie.SenderOf(context));
        if (result.Person is { } person)
        {
            cookie.Open(context, person);
            return site.Redirect(context, next);
        }

        if (result.LockedUntil is not { } until)
        {
            return Form(context, name, next, "The name or the password is wrong. Who has forgotten the password asks an administrator for a link to a new one.");
        }

        var wait = (int)Math.Ceiling((until - time.GetUtcNow()).TotalSeconds);
        context.Response.Headers.RetryAfter = $"{wait}";
        return Form(context, name, next, $"There were too many attempts. The next can be made in {Wait(wait)}.", StatusCodes.Status429TooManyRequests);
    }

    private static string Wait(int seconds) => seconds < 90 ? $"{seconds} seconds" : $"{(seconds + 59) / 60} minutes";

    private IResult SignOut(HttpContext context)
    {
        cookie.End(context);
        return site.Redirect(context, Admission.SignInPath);
    }

    private IResult Form(HttpContext context, string name, string next, string? error, int status = StatusCodes.Status400BadRequest) => site.Page(
        context,
        new PageView("sign-in", "Sign in", new
        {
            Name = name,
            Next = next,
            Provider = provider.IsSet ? provider.Title : "",
            ProviderPath = $"{ProviderPages.Path}?return={Uri.EscapeDataString(next)}",
            IsNew = !people.HasAdministrator(),
            Errors = error is null ? [] : new[] { new { Target = "", Message = error } },
        })
        {
            Status = error is null ? StatusCodes.Status200OK : status,
            HasNavigation = false,
        });
}
