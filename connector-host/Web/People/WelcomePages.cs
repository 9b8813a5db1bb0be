using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.People.Storage;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.People;

/// <summary>Where one-time links lead: the first administrator, the invited, those with a new password, and the visitors of a demonstration.</summary>
internal sealed class WelcomePages(SiteRenderer site, OneTimeLinkStore links, PeopleSetup setup, PersonStore people, SessionCookie cookie)
{
    private const string Path = "/welcome";

    /// <summary>The address of a link, below the platform's own.</summary>
    public static string PathOf(string key) => $"{Path}/{key}";

    public static void Map(IEndpointRouteBuilder server)
    {
        var pages = server.ServiceProvider.GetRequiredService<WelcomePages>();
        server.MapMethods($"{Path}/{{key}}", Pages.Reading, pages.Show).IsForEverybody();
        server.MapPost($"{Path}/{{key}}", pages.EnterAsync).IsForEverybody();
    }

    private IResult Show(HttpContext context, string key)
    {
        var link = links.Find(key) ?? throw PeopleSetup.VoidLink;
        if (link.Purpose != LinkPurpose.Demo)
        {
            return Form(context, key, link, "", null);
        }

        if (HttpMethods.IsGet(context.Request.Method))
        {
            cookie.Open(context, setup.EnterDemo(key, link.PersonId!));
        }

        return site.Redirect(context, "/");
    }

    private async Task<IResult> EnterAsync(HttpContext context, string key, CancellationToken cancellationToken)
    {
        var form = await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        var link = links.Find(key) ?? throw PeopleSetup.VoidLink;
        var (name, password) = (form["name"].ToString().Trim(), form["password"].ToString());
        try
        {
            if (password != form["again"].ToString())
            {
                throw new PlatformException(PlatformFault.Input, "The two passwords are not the same. Type both again.");
            }

            var person = link.Purpose == LinkPurpose.Setup
                ? setup.SetUp(key, name, password)
                : setup.ChoosePassword(key, people.FindById(link.PersonId!)!, password);
            cookie.Open(context, person);
            return site.Redirect(context, "/", link.Purpose == LinkPurpose.Setup ? $"Welcome, {person.Name}. You are the administrator: Settings › People brings in others." : "Your password is set.");
        }
        catch (PlatformException exception) when (exception.Fault == PlatformFault.Input)
        {
            return Form(context, key, link, name, exception.Message);
        }
    }

    private IResult Form(HttpContext context, string key, OneTimeLink link, string name, string? error)
    {
        var isSetup = link.Purpose == LinkPurpose.Setup;
        var person = isSetup ? null : people.FindById(link.PersonId!);
        return site.Page(context, new PageView("welcome", isSetup ? "Set up the platform" : "Choose a password", new
        {
            Key = key,
            IsSetup = isSetup,
            Name = person?.Name ?? name,
            PasswordRules.Shortest,
            Errors = error is null ? [] : new[] { new { Target = "", Message = error } },
        })
        {
            Status = error is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest,
            HasNavigation = false,
        });
    }
}
