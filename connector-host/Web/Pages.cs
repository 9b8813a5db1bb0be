using ConnectorPlatform.Host.Web.Accounts;
using ConnectorPlatform.Host.Web.Audit;
using ConnectorPlatform.Host.Web.Connectors;
using ConnectorPlatform.Host.Web.DataSets;
using ConnectorPlatform.Host.Web.Forms;
using ConnectorPlatform.Host.Web.Home;
using ConnectorPlatform.Host.Web.NewDataSet;
using ConnectorPlatform.Host.Web.Operations;
using ConnectorPlatform.Host.Web.Runs;
using ConnectorPlatform.Host.Web.Settings;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web;

/// <summary>Everything that the server answers, one line an area.</summary>
internal static class Pages
{
    public static string[] Reading { get; } = [HttpMethods.Get, HttpMethods.Head];

    public static void Map(WebApplication server)
    {
        MapFrame(server);
        HomePages.Map(server);
        BulkPages.Map(server);
        ConnectorPages.Map(server);
        SettingsPages.Map(server);
        AuditPages.Map(server);
        DataSetPages.Map(server);
        GalleryPages.Map(server);
        AccountPages.Map(server);
        CredentialPages.Map(server);
        SignInPages.Map(server);
        ClientPages.Map(server);
        InvitationPages.Map(server);
        RunsPages.Map(server);
        NewDataSetPages.Map(server);
        DraftPages.Map(server);
        DraftPosts.Map(server);
        DataSetSettingsPages.Map(server);
        DataSetPanePages.Map(server);
        DataSetSchedulePages.Map(server);
        Api.Api.Map(server);
        HealthPages.Map(server);
        Metrics.Map(server);
    }

    /// <summary>What every server of pages needs: sheet, script and icons, the theme, and an answer for what is not there.</summary>
    public static void MapFrame(WebApplication server)
    {
        server.Services.GetRequiredService<Assets>().Map(server);
        server.MapPost("/settings/theme", server.Services.GetRequiredService<SiteRenderer>().ChooseThemeAsync);
        var failures = server.Services.GetRequiredService<Failures>();
        server.MapFallback(context => failures.Answer(context, Failures.NotFound).ExecuteAsync(context));
    }
}
