using ConnectorPlatform.Host.People.Storage;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.People;

/// <summary>Groups with which DataSets and accounts are shared; shown on the page of the people.</summary>
internal sealed class GroupPages(SiteRenderer site, GroupStore groups, PersonStore people)
{
    private const string Path = $"{PeoplePages.Path}/groups";

    public static void Map(IEndpointRouteBuilder server)
    {
        var pages = server.ServiceProvider.GetRequiredService<GroupPages>();
        server.MapPost(Path, pages.AddAsync);
        server.MapPost($"{Path}/{{group}}/remove", pages.Remove);
        server.MapPost($"{Path}/{{group}}/join", (HttpContext context, string group, CancellationToken cancellationToken) => pages.ChangeAsync(context, group, groups => groups.Join, cancellationToken));
        server.MapPost($"{Path}/{{group}}/leave", (HttpContext context, string group, CancellationToken cancellationToken) => pages.ChangeAsync(context, group, groups => groups.Leave, cancellationToken));
    }

    private async Task<IResult> AddAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var form = await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        return site.Redirect(context, PeoplePages.Path, $"The group \"{groups.Add(form["name"].ToString()).Name}\" is made.");
    }

    private IResult Remove(HttpContext context, string group)
    {
        groups.Remove(groups.Get(group).Id);
        return site.Redirect(context, PeoplePages.Path, "The group is removed, and with it what was shared with it.");
    }

    private async Task<IResult> ChangeAsync(HttpContext context, string group, Func<GroupStore, Action<string, string>> change, CancellationToken cancellationToken)
    {
        var form = await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        var person = people.Get(form["person"].ToString());
        change(groups)(groups.Get(group).Id, person.Id);
        return site.Redirect(context, PeoplePages.Path, $"{person.Name}'s groups are changed.");
    }
}
