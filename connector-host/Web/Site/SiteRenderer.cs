using System.Text;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.Web.People;
using Microsoft.AspNetCore.Antiforgery;

namespace ConnectorPlatform.Host.Web.Site;

/// <summary>Puts pages into the frame: navigation, the way back, what was just done, the theme.</summary>
internal sealed class SiteRenderer(HtmlTemplates templates, Assets assets, IAntiforgery antiforgery, Flash flash)
{
    public const string ThemeCookie = "theme";

    private const string Html = "text/html; charset=utf-8";

    private static readonly (string Section, string Title, string Path, string Icon, Permission Needs)[] Navigation =
    [
        ("home", "Data Center", "/", "database", Permission.Read),
        ("connectors", "Connectors", "/connectors", "plug", Permission.Read),
        ("runs", "Runs", "/runs", "run", Permission.Read),
        ("accounts", "Accounts", "/accounts", "key", Permission.Read),
        ("settings", "Settings", "/settings", "settings", Permission.Operate),
    ];

    private static readonly string[] Themes = ["light", "dark"];

    /// <summary>A whole page.</summary>
    public IResult Page(HttpContext context, PageView page)
    {
        var (request, caller) = (RequestOf(context), context.Caller());
        var theme = context.Request.Cookies[ThemeCookie] is { } chosen && Themes.Contains(chosen) ? chosen : "";
        var layout = new
        {
            page.Title,
            page.Crumbs,
            page.HasOwnHeading,
            HasNavigation = page.HasNavigation && caller.Kind != CallerKind.Nobody,
            Person = caller.Person?.Name ?? "",
            Navigation = Navigation.Where(entry => caller.May(entry.Needs)).Select(entry => new { entry.Title, entry.Path, entry.Icon, IsCurrent = entry.Section == page.Section }),
            Theme = theme,
            Themes = new[] { (Value: "", Title: "System"), (Value: "light", Title: "Light"), (Value: "dark", Title: "Dark") }
                .Select(choice => new { choice.Value, choice.Title, IsChosen = choice.Value == theme }),
            ReturnTo = context.Request.Path.Value + context.Request.QueryString,
            Flash = flash.Take(context) ?? "",
            Sheet = assets.Sheet.Path,
            Script = assets.Script.Path,
            Body = HtmlTemplates.Raw(templates.Render(page.Template, page.Model, request)),
        };
        return Results.Content(templates.Render("layout", layout, request), Html, Encoding.UTF8, page.Status);
    }

    /// <summary>A piece of a page, for a script that puts it in its place.</summary>
    public IResult Part(HttpContext context, string template, object model, int status = StatusCodes.Status200OK) =>
        Results.Content(PartText(context, template, model), Html, Encoding.UTF8, status);

    /// <inheritdoc cref="Part"/>
    public string PartText(HttpContext context, string template, object model) => templates.Render(template, model, RequestOf(context));

    /// <summary>After a change: shows the page at <paramref name="path"/>, with one sentence on what was done.</summary>
    /// <param name="context">The request that made the change.</param>
    /// <param name="path">A local path; anything else leads to the start.</param>
    /// <param name="done">Shown once, on the next page.</param>
    public IResult Redirect(HttpContext context, string path, string? done = null)
    {
        if (done is not null)
        {
            flash.Put(context, done);
        }

        // 303: the browser gets the page, whatever the request's method was.
        context.Response.Headers.Location = IsLocal(path) ? path : "/";
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }

    /// <summary>Whether a path stays on this host: <c>//host</c> and <c>/\host</c> are other hosts to a browser.</summary>
    public static bool IsLocal(string path) =>
        path is ['/'] or ['/', not ('/' or '\\'), ..] && !path.Any(char.IsControl);

    /// <summary>Keeps the theme in the browser.</summary>
    public async Task<IResult> ChooseThemeAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var form = await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        var theme = form["theme"].ToString();
        var cookie = new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Lax, Path = "/", MaxAge = TimeSpan.FromDays(365), IsEssential = true };
        if (Themes.Contains(theme))
        {
            context.Response.Cookies.Append(ThemeCookie, theme, cookie);
        }
        else
        {
            context.Response.Cookies.Delete(ThemeCookie, cookie);
        }

        return Redirect(context, form["return"].ToString());
    }

    private PageRequest RequestOf(HttpContext context)
    {
        var caller = context.Caller();
        return new(() => FormToken(context), May, name => name == "own" ? May("write") && Reaches(ShareLevel.Own) : May(name) && Reaches(ShareLevel.Edit), caller.Person is not null);

        bool May(string name) => caller.May(Enum.Parse<Permission>(name, ignoreCase: true));
        bool Reaches(ShareLevel level) => context.Features.Get<RightHere>()?.Reaches(level) ?? true;
    }

    private string FormToken(HttpContext context)
    {
        var tokens = antiforgery.GetAndStoreTokens(context);
        return $"<input type=\"hidden\" name=\"{tokens.FormFieldName}\" value=\"{tokens.RequestToken}\">";
    }
}
