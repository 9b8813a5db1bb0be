using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Host.Web.Accounts;
using ConnectorPlatform.Host.Web.Audit;
using ConnectorPlatform.Host.Web.Connectors;
using ConnectorPlatform.Host.Web.DataSets;
using ConnectorPlatform.Host.Web.Forms;
using ConnectorPlatform.Host.Web.Home;
using ConnectorPlatform.Host.Web.NewDataSet;
using ConnectorPlatform.Host.Web.Runs;
using ConnectorPlatform.Host.Web.Settings;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Logging.Abstractions;

namespace ConnectorPlatform.Host.Web.Site;

/// <summary>Puts the pages' parts together.</summary>
internal static class SiteComposition
{
    public static IServiceCollection AddSite(this IServiceCollection services)
    {
        services.AddSingleton<SiteFiles>();
        services.AddSingleton<Assets>();
        services.AddSingleton<DisplayZone>();
        services.AddSingleton<HtmlTemplates>();
        services.AddSingleton<Flash>();
        services.AddSingleton<SiteRenderer>();
        services.AddSingleton<Failures>();
        services.AddSingleton<Protection>();
        services.AddResponseCompression();
        services.AddAntiforgery(options =>
        {
            options.FormFieldName = "form-token";
            options.HeaderName = "X-Form-Token";
            options.Cookie.Name = "form-token";
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.Cookie.HttpOnly = true;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.SuppressXFrameOptionsHeader = true;
        });

        // The same keys as the stored secrets': a copy of the folder opens both or neither.
        services.AddDataProtection().SetApplicationName("ConnectorPlatform");
        services.AddOptions<KeyManagementOptions>().Configure<DataFolder>((options, folder) =>
        {
            options.XmlRepository = new FileSystemXmlRepository(new DirectoryInfo(folder.Keys), NullLoggerFactory.Instance);
            options.XmlEncryptor = folder.KeyRing.Encryptor;
        });
        services.AddPages();
        return services;
    }

    /// <summary>The pages' classes, one line an area.</summary>
    private static void AddPages(this IServiceCollection services)
    {
        services.AddSingleton<HomePages>();
        services.AddSingleton<BulkPages>();
        services.AddSingleton<BulkSchedule>();
        services.AddSingleton<BulkChoices>();
        services.AddSingleton<ConnectorPages>();
        services.AddSingleton<ConnectorPage>();
        services.AddSingleton<ConfiguredSettings>();
        services.AddSingleton<SettingsPages>();
        services.AddSingleton<NoticePages>();
        services.AddSingleton<AuditPages>();
        services.AddSingleton<DataSetHeader>();
        services.AddSingleton<DataSetPages>();
        services.AddSingleton<GalleryPages>();
        services.AddSingleton<AccountPages>();
        services.AddSingleton<CredentialPages>();
        services.AddSingleton<SignInPages>();
        services.AddSingleton<ClientPages>();
        services.AddSingleton<InvitationPages>();
        services.AddSingleton<DataSetRowsPages>();
        services.AddSingleton<DataSetHistoryPages>();
        services.AddSingleton<DataSetApprovalPages>();
        services.AddSingleton<EventStream>();
        services.AddSingleton<RunsPages>();
        services.AddSingleton<RunPages>();
        services.AddNewDataSet();
    }

    private static void AddNewDataSet(this IServiceCollection services)
    {
        services.AddSingleton<SchedulingForm>();
        services.AddSingleton<PaneForms>();
        services.AddSingleton<NewDataSetPages>();
        services.AddSingleton<DraftSaving>();
        services.AddSingleton<DraftPages>();
        services.AddSingleton<DraftPosts>();
        services.AddSingleton<DataSetSettings>();
        services.AddSingleton<DataSetSettingsPages>();
        services.AddSingleton<DataSetPanePages>();
        services.AddSingleton<DataSetSchedulePages>();
    }
}
