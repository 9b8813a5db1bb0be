using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.Web.Accounts;
using ConnectorPlatform.Host.Web.Audit;
using ConnectorPlatform.Host.Web.Connectors;
using ConnectorPlatform.Host.Web.DataSets;
using ConnectorPlatform.Host.Web.Forms;
using ConnectorPlatform.Host.Web.Home;
using ConnectorPlatform.Host.Web.NewDataSet;
using ConnectorPlatform.Host.Web.Operations;
using ConnectorPlatform.Host.Web.People;
using ConnectorPlatform.Host.Web.Runs;
using ConnectorPlatform.Host.Web.Settings;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web;

/// <summary>Everything that the server answers, one line an area with what its readers and its changes need.</summary>
internal static class Pages
{
    public static string[] Reading { get; } = [HttpMethods.Get, HttpMethods.Head];

    public static void Map(WebApplication server)
    {
        MapFrame(server);
        HomePages.Map(server.Area(Permission.Read, Permission.Write));
        BulkPages.Map(server.Area(Permission.Write, Permission.Write));
        ConnectorPages.Map(server.Area(Permission.Read, Permission.Operate));
        SettingsPages.Map(server.Area(Permission.Operate, Permission.Operate));
        AuditPages.Map(server.Area(Permission.Operate, Permission.Operate));
        DataSetPages.Map(server.Area(Permission.Read, Permission.Write));
        GalleryPages.Map(server.Area(Permission.Write, Permission.Write));
        AccountPages.Map(server.Area(Permission.Read, Permission.Write));
        CredentialPages.Map(server.Area(Permission.Write, Permission.Write));
        SignInPages.Map(server.Area(Permission.Write, Permission.Write));
        ClientPages.Map(server.Area(Permission.Operate, Permission.Operate));
        InvitationPages.Map(server.Area(Permission.Write, Permission.Write));
        RunsPages.Map(server.Area(Permission.Read, Permission.Run));
        NewDataSetPages.Map(server.Area(Permission.Write, Permission.Write));
        DraftPages.Map(server.Area(Permission.Write, Permission.Write));
        DraftPosts.Map(server.Area(Permission.Write, Permission.Write));
        DataSetSettingsPages.Map(server.Area(Permission.Read, Permission.Write));
        DataSetPanePages.Map(server.Area(Permission.Write, Permission.Write));
        DataSetSchedulePages.Map(server.Area(Permission.Write, Permission.Write));
        PeopleComposition.MapPeople(server);
        Api.Api.Map(server);
        HealthPages.Map(server);
        Metrics.Map(server);
    }

    /// <summary>What every server of pages needs: sheet, script and icons, the theme, and an answer for what is not there.</summary>
    public static void MapFrame(WebApplication server)
    {
        server.Services.GetRequiredService<Assets>().Map(server);
        server.MapPost("/settings/theme", server.Services.GetRequiredService<SiteRenderer>().ChooseThemeAsync).IsForEverybody();
        var failures = server.Services.GetRequiredService<Failures>();
        server.MapFallback(context => failures.Answer(context, Failures.NotFound).ExecuteAsync(context)).Needs(Permission.Read);
    }
}
