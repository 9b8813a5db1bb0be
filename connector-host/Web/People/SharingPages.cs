using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.People.Storage;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.People;

/// <summary>With whom a DataSet or an account is shared; its owners decide.</summary>
internal sealed class SharingPages(SiteRenderer site, ShareStore shares, PersonStore people, GroupStore groups, DataSetConfigurationStore dataSets, AccountStore accounts)
{
    public static void Map(IEndpointRouteBuilder server)
    {
        var pages = server.ServiceProvider.GetRequiredService<SharingPages>();
        foreach (var (kind, collection) in new[] { (SharedKind.DataSet, "datasets"), (SharedKind.Account, "accounts") })
        {
            var path = $"/{collection}/{{id}}/sharing";
            server.MapMethods(path, Pages.Reading, (HttpContext context, string id) => pages.Show(context, kind, id)).IsForOwners();
            server.MapPost(path, (HttpContext context, string id, CancellationToken cancellationToken) => pages.GiveAsync(context, kind, id, cancellationToken)).IsForOwners();
            server.MapPost($"{path}/{{holder}}/remove", (HttpContext context, string id, string holder) => pages.Take(context, kind, id, holder)).IsForOwners();
        }
    }

    private IResult Show(HttpContext context, SharedKind kind, string id, string? error = null)
    {
        var name = NameOf(kind, id);
        var given = shares.Of(kind, id);
        var holders = people.List().Where(person => !person.IsDisabled).Select(person => (person.Id, person.Name)).Concat(groups.List().Select(group => (group.Id, Name: $"{group.Name} (group)")));
        return site.Page(context, new PageView("sharing", "Sharing", new
        {
            Name = name,
            Path = PathOf(kind, id),
            Shares = given.Select(share => new { Id = share.HolderId, Name = share.HolderName, share.IsGroup, Level = WordOf(kind, share.Level) }).ToList(),
            Holders = holders.Select(holder => new { holder.Id, holder.Name }).ToList(),
            Levels = Enum.GetValues<ShareLevel>().Select(level => new { Value = level.ToString(), Title = WordOf(kind, level) }).ToList(),
            Errors = error is null ? [] : new[] { new { Target = "", Message = error } },
        })
        {
            Crumbs = kind == SharedKind.DataSet ? [new Crumb("Data Center", "/"), new Crumb(name, $"/datasets/{id}")] : [new Crumb("Accounts", "/accounts"), new Crumb(name, $"/accounts/{id}")],
            Section = kind == SharedKind.DataSet ? "home" : "accounts",
            Status = error is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest,
        });
    }

    private async Task<IResult> GiveAsync(HttpContext context, SharedKind kind, string id, CancellationToken cancellationToken)
    {
        var form = await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        _ = NameOf(kind, id);
        var holder = form["holder"].ToString();
        var isKnown = people.FindById(holder) is not null || groups.List().Any(group => group.Id == holder);
        if (!isKnown || !Enum.TryParse<ShareLevel>(form["level"], out var level) || !Enum.IsDefined(level))
        {
            return Show(context, kind, id, "Choose with whom it is shared, and what they may do.");
        }

        return Try(context, kind, id, "It is shared.", () => shares.Give(kind, id, holder, level));
    }

    private IResult Take(HttpContext context, SharedKind kind, string id, string holder)
    {
        _ = NameOf(kind, id);
        return Try(context, kind, id, "It is not shared with them any more.", () => shares.Take(kind, id, holder));
    }

    private IResult Try(HttpContext context, SharedKind kind, string id, string done, Action work)
    {
        try
        {
            work();
        }
        catch (PlatformException exception) when (exception.Fault == PlatformFault.Input)
        {
            return Show(context, kind, id, exception.Message);
        }

        // Who has given up their own right does not see the page any more.
        var person = context.Caller().Person;
        var isStillSeen = person is null || person.Role == Role.Administrator || shares.LevelOf(kind, id, person.Id) == ShareLevel.Own;
        return site.Redirect(context, isStillSeen ? PathOf(kind, id) : "/", done);
    }

    /// <exception cref="PlatformException">There is no such DataSet or account, or the caller does not see it.</exception>
    private string NameOf(SharedKind kind, string id) => kind == SharedKind.DataSet
        ? dataSets.FindById(id)?.Name ?? throw new PlatformException(PlatformFault.NotFound, "There is no such DataSet; it may have been deleted.")
        : accounts.GetById(id).Name;

    private static string PathOf(SharedKind kind, string id) => kind == SharedKind.DataSet ? $"/datasets/{id}/sharing" : $"/accounts/{id}/sharing";

    private static string WordOf(SharedKind kind, ShareLevel level) => level switch
    {
        ShareLevel.View => kind == SharedKind.DataSet ? "View" : "Use",
        _ => level.ToString(),
    };
}
