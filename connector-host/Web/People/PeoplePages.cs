using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.People.Storage;
using ConnectorPlatform.Host.Web.Settings;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.People;

/// <summary>Who may sign in, as what, and where they are signed in.</summary>
internal sealed class PeoplePages(SiteRenderer site, PersonStore people, PeopleSetup setup, SessionStore sessions, ApiTokenStore tokens, GroupStore groups, ShareStore shares)
{
    public const string Path = "/settings/people";

    public static void Map(IEndpointRouteBuilder server)
    {
        var pages = server.ServiceProvider.GetRequiredService<PeoplePages>();
        server.MapMethods(Path, Pages.Reading, (HttpContext context) => pages.Show(context));
        server.MapPost(Path, pages.InviteAsync);
        server.MapPost($"{Path}/{{id}}/role", pages.SetRoleAsync);
        server.MapPost($"{Path}/{{id}}/disable", pages.Disable);
        server.MapPost($"{Path}/{{id}}/enable", pages.Enable);
        server.MapPost($"{Path}/{{id}}/reset", pages.Reset);
        server.MapPost($"{Path}/{{id}}/transfer", pages.TransferAsync);
        server.MapPost($"{Path}/{{id}}/sessions/end", pages.EndSessions);
    }

    private IResult Show(HttpContext context, string? error = null, (string Name, string Key)? link = null)
    {
        var tokenCounts = tokens.List().CountBy(token => token.PersonId).ToDictionary();
        return SettingsPages.Page(
            site,
            context,
            Path,
            "people",
            new
            {
                People = people.List().Select(person => new
                {
                    person.Id,
                    person.Name,
                    Role = person.Role.ToString(),
                    person.IsDisabled,
                    person.IsExpected,
                    HasLink = person.Issuer is null,
                    person.LastSeenAt,
                    Sessions = sessions.ListOf(person.Id).Count,
                    Tokens = tokenCounts.GetValueOrDefault(person.Id),
                }).ToList(),
                Groups = groups.List().Select(group => new { group.Id, group.Name, group.Members }).ToList(),
                Roles = Enum.GetNames<Role>(),
                Link = link is { } made ? $"{context.Request.Scheme}://{context.Request.Host}{WelcomePages.PathOf(made.Key)}" : "",
                LinkFor = link?.Name ?? "",
                Errors = error is null ? [] : new[] { new { Target = "", Message = error } },
            },
            error is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
    }

    private async Task<IResult> InviteAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var form = await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        return Try(context, () =>
        {
            var (person, key) = setup.Invite(form["name"].ToString().Trim(), Roles.Parse(form["role"].ToString()));
            return Show(context, link: (person.Name, key));
        });
    }

    private async Task<IResult> SetRoleAsync(HttpContext context, string id, CancellationToken cancellationToken)
    {
        var form = await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        return Try(context, () =>
        {
            var person = setup.SetRole(people.Get(id), Roles.Parse(form["role"].ToString()));
            return site.Redirect(context, Path, $"The role of {person.Name} is {person.Role.ToString().ToLowerInvariant()}.");
        });
    }

    private IResult Disable(HttpContext context, string id) => Try(context, () =>
        site.Redirect(context, Path, $"{setup.Disable(people.Get(id)).Name} cannot sign in any more, and is signed out."));

    private IResult Enable(HttpContext context, string id) => Try(context, () => site.Redirect(context, Path, $"{setup.Enable(people.Get(id)).Name} can sign in again."));

    private IResult Reset(HttpContext context, string id) => Try(context, () =>
    {
        var person = people.Get(id);
        return Show(context, link: (person.Name, setup.OpenReset(person)));
    });

    private async Task<IResult> TransferAsync(HttpContext context, string id, CancellationToken cancellationToken)
    {
        var form = await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        var (from, to) = (people.Get(id), people.Get(form["to"].ToString()));
        return from.Id == to.Id
            ? Show(context, "Choose somebody else to whom it is given.")
            : site.Redirect(context, Path, $"{to.Name} has what {from.Name} had: {Words.Count(shares.Transfer(from.Id, to.Id), "right")} on DataSets and accounts.");
    }

    private IResult EndSessions(HttpContext context, string id)
    {
        var person = people.Get(id);
        sessions.EndAll(person.Id);
        return site.Redirect(context, Path, $"{person.Name} is signed out everywhere.");
    }

    private IResult Try(HttpContext context, Func<IResult> work)
    {
        try
        {
            return work();
        }
        catch (PlatformException exception) when (exception.Fault == PlatformFault.Input)
        {
            return Show(context, exception.Message);
        }
    }
}
