using System.Reflection;
using System.Runtime.InteropServices;
using ConnectorPlatform.Host.Forms.Validation;
using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.Schedules;
using ConnectorPlatform.Host.Web.Operations;
using ConnectorPlatform.Host.Web.People;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.Settings;

/// <summary>The platform's settings: those that are chosen here, those that the configuration decides, and what the platform is made of.</summary>
internal sealed class SettingsPages(SiteRenderer site, PlatformZone zone, ConfiguredSettings configured, ValidationQuota quota, PlatformHealth health, DataFolder folder, TimeProvider time)
{
    private static readonly (string Title, string Path, Permission Needs)[] Tabs =
    [
        ("General", "/settings", Permission.Operate),
        ("People", PeoplePages.Path, Permission.Administer),
        ("Notices", "/settings/notices", Permission.Operate),
        ("Retention and limits", "/settings/limits", Permission.Operate),
        ("Audit", "/settings/audit", Permission.Operate),
        ("About", "/settings/about", Permission.Operate),
    ];

    public static void Map(IEndpointRouteBuilder server)
    {
        var pages = server.ServiceProvider.GetRequiredService<SettingsPages>();
        server.MapMethods("/settings", Pages.Reading, (HttpContext context) => pages.General(context, null, null));
        server.MapPost("/settings/zone", pages.SetZoneAsync);
        server.MapMethods("/settings/limits", Pages.Reading, pages.Limits);
        server.MapMethods("/settings/about", Pages.Reading, pages.About);
        NoticePages.Map(server);
    }

    /// <summary>A page of the settings below their tabs.</summary>
    public static IResult Page(SiteRenderer site, HttpContext context, string path, string template, object model, int status = StatusCodes.Status200OK) => site.Page(
        context,
        new PageView("settings", "Settings", new
        {
            Tabs = Tabs.Where(tab => context.Caller().May(tab.Needs)).Select(tab => new { tab.Title, tab.Path, IsCurrent = tab.Path == path }).ToList(),
            Body = HtmlTemplates.Raw(site.PartText(context, template, model)),
        })
        {
            Section = "settings",
            Status = status,
        });

    private IResult General(HttpContext context, string? asked, string? error)
    {
        var current = zone.Current;
        return Page(
            site,
            context,
            "/settings",
            "settings-general",
            new
            {
                Zone = asked ?? current.Id,
                Zones = PlatformZone.Names,
                Now = time.GetUtcNow(),
                Errors = error is null ? [] : new[] { new { Target = "zone", Message = error } },
            },
            error is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
    }

    private async Task<IResult> SetZoneAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var form = await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        var asked = form["zone"].ToString();
        try
        {
            zone.Set(asked);
        }
        catch (PlatformException exception) when (exception.Fault == PlatformFault.Input)
        {
            return General(context, asked, exception.Message);
        }

        return site.Redirect(context, "/settings", $"The platform's zone is {zone.Current.Id}.");
    }

    private IResult Limits(HttpContext context) => Page(site, context, "/settings/limits", "settings-limits", new
    {
        Groups = new[] { new { Title = "Retention", Settings = configured.Retention }, new { Title = "Limits", Settings = configured.Limits } },
    });

    private IResult About(HttpContext context)
    {
        var host = typeof(SettingsPages).Assembly.GetName().Version!;
        var contract = typeof(IConnector).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];
        return Page(site, context, "/settings/about", "settings-about", new
        {
            Version = host.ToString(3),
            Contract = contract ?? "",
            Runtime = RuntimeInformation.FrameworkDescription,
            System = RuntimeInformation.RuntimeIdentifier,
            Folder = folder.Root,
            Free = Words.Size(new DriveInfo(folder.Root).AvailableFreeSpace),
            Health = health.Look().Select(check => new { Title = HealthTitle(check.Name), Trouble = check.Trouble ?? "" }).ToList(),
            Quota = new
            {
                HasLimit = quota.Limit is not null,
                Left = Words.Count(Math.Max(0, (quota.Limit ?? 0) - quota.Used)),
                Limit = Words.Count(quota.Limit ?? 0),
                Used = Words.Count(quota.Used),
                OpensAgainAt = quota.OpensAgainAt,
            },
            Packages = PackageLicences.All,
        });
    }

    private static string HealthTitle(string check) => check switch
    {
        "metadata" => "The metadata store",
        "dataFolder" => "The data folder",
        "scheduler" => "The scheduler",
        _ => check,
    };
}
