using System.Net;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Accounts.Invitations;
using ConnectorPlatform.Host.Accounts.OAuth;
using ConnectorPlatform.Host.Audit;
using ConnectorPlatform.Host.Authoring;
using ConnectorPlatform.Host.Authoring.Dev;
using ConnectorPlatform.Host.Authoring.Recording;
using ConnectorPlatform.Host.Certification;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Connectors.Packages;
using ConnectorPlatform.Host.Connectors.Workers;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.DataSets.Queries;
using ConnectorPlatform.Host.DataSets.Storage.Queries;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Forms.Lint;
using ConnectorPlatform.Host.Forms.Validation;
using ConnectorPlatform.Host.Http;
using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Host.Notices;
using ConnectorPlatform.Host.Notices.Channels;
using ConnectorPlatform.Host.Notices.Storage;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Backfills;
using ConnectorPlatform.Host.Runs.Drafts;
using ConnectorPlatform.Host.Runs.Listing;
using ConnectorPlatform.Host.Runs.Menus;
using ConnectorPlatform.Host.Runs.Sessions;
using ConnectorPlatform.Host.Runs.SignIn;
using ConnectorPlatform.Host.Runs.Workers;
using ConnectorPlatform.Host.Schedules;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ConnectorPlatform.Host;

/// <summary>Puts the platform's parts together; each is made when it is first asked for, so a verb opens only what it needs.</summary>
internal static class Composition
{
    public static IServiceCollection AddPlatform(this IServiceCollection services, string dataFolder)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => DataFolder.Open(dataFolder, WrappingKey.Read(provider.GetRequiredService<IConfiguration>(), "Keys:WrappingKey")));
        services.AddSingleton(provider => provider.GetRequiredService<DataFolder>().KeyRing);
        services.AddSingleton<SecretRotation>();
        services.AddSingleton(provider => AuditTrail.OpenDatabase(provider.GetRequiredService<DataFolder>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<AuditLog>();
        services.AddSingleton(provider => provider.GetRequiredService<IConfiguration>().Read<AuditOptions>("Audit"));
        services.AddSingleton<AuditRetention>();

        services.AddSingleton<ConnectorSettings>();
        services.AddSingleton(FormCheckFrom);
        services.AddPackages();
        services.AddSingleton<ConnectorLoader>();

        services.AddSingleton(QuotaFrom);
        services.AddSingleton<FormValidator>();

        services.AddSingleton<HttpLimits>();
        services.AddSingleton<SourceHttp>();

        services.AddPeople();
        services.AddAccounts();
        services.AddSingleton<DataSetConfigurationStore>();
        services.AddSingleton<DataSetChangeStore>();
        services.AddSingleton(provider => provider.GetRequiredService<IConfiguration>().Read<DataSetStoreOptions>("DataSets"));
        services.AddSingleton<DataSetFiles>();
        services.AddSingleton(provider => provider.GetRequiredService<IConfiguration>().Read<QueryOptions>("Queries"));
        services.AddSingleton<DataSetQueries>();

        services.AddSingleton<RunStore>();
        services.AddSingleton(PipelineOptionsFrom);
        services.AddSingleton<WorkerSettings>();
        services.AddSingleton(PoolFrom);
        services.AddSingleton<IConnectorIsolation>(provider => new LeasedIsolation(
            provider.GetRequiredService<WorkerSettings>().IsInProcess
                ? ActivatorUtilities.CreateInstance<InProcessIsolation>(provider)
                : ActivatorUtilities.CreateInstance<WorkerIsolation>(provider),
            provider.GetRequiredService<PackageStore>()));
        services.AddSingleton<ConnectorSessions>();
        services.AddSingleton<MenuLabelStore>();
        services.AddSingleton<LiveMenus>();
        services.AddSingleton<DetailsMigration>();
        services.AddSingleton<DataSetSetup>();
        services.AddSingleton<DataSetDifferences>();
        services.AddSingleton<DataSetEdit>();
        services.AddSingleton<DataSetDuplication>();
        services.AddSingleton<DataSetRemoval>();
        services.AddSingleton<DraftStore>();
        services.AddSingleton<DataSetListing>();
        services.AddSingleton<SampleDataSets>();
        services.AddSingleton(provider => new RunPlaces(provider.GetRequiredService<IConfiguration>().Read<RunLimits>("Runs")));
        services.AddSingleton<CancelWatch>();
        services.AddSingleton<RunSlots>();
        services.AddRunEnds();
        services.AddSingleton<RunEngine>();
        services.AddSingleton<RunRequests>();
        services.AddSingleton<RunFeed>();
        services.AddSingleton<RunCorrections>();
        services.AddSingleton<RunReconciler>();
        services.AddSingleton<OneOffRun>();
        services.AddSingleton<PreviewRun>();
        services.AddSingleton<BackfillStore>();
        services.AddSingleton<BackfillPlanning>();
        services.AddSingleton<BackfillRunner>();
        services.AddSingleton<BackfillControl>();
        services.AddNotices();
        services.AddSingleton(provider => new Certifier(
            provider.GetRequiredService<FormValidator>(), FormCheckFrom(provider), provider.GetRequiredService<TimeProvider>()));

        services.AddSchedules();

        services.AddSingleton<ProjectBuild>();
        services.AddSingleton<RecordingRuns>();
        services.AddSingleton<Recorder>();
        services.AddSingleton<DevRuns>();
        return services;
    }

    private static void AddAccounts(this IServiceCollection services)
    {
        services.AddSingleton<AccountStore>();
        services.AddSingleton<AccountSetup>();
        services.AddSingleton<AccountReplacement>();
        services.AddSingleton<OAuthClientStore>();
        services.AddSingleton<PendingSignInStore>();
        services.AddSingleton<GrantStore>();
        services.AddSingleton<InvitationStore>();
        services.AddSingleton(provider => new TokenEndpoint(
            (wanted, cancellationToken) => TokenConnections(provider).ConnectAsync(wanted, cancellationToken), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<GrantRefresh>();
        services.AddSingleton<SignInMethods>();
        services.AddSingleton<CredentialReferences>();
        services.AddSingleton<AccountCredentials>();
        services.AddSingleton<AccountSignIn>();
        services.AddSingleton<AccountProbe>();
    }

    // As runs, but for a token endpoint that the operator has set in the place of the declared one, which may be anywhere.
    private static CheckedConnections TokenConnections(IServiceProvider provider)
    {
        var set = provider.GetRequiredService<IConfiguration>().GetSection("Connectors").GetChildren()
            .Select(connector => Uri.TryCreate(connector["OAuth:TokenUrl"], UriKind.Absolute, out var address) ? OpenAddress.Of(address) : null)
            .OfType<OpenAddress>();
        return new CheckedConnections([.. provider.GetRequiredService<ConnectorSettings>().OpenAddresses, .. set], Dns.GetHostAddressesAsync);
    }

    private static void AddRunEnds(this IServiceCollection services)
    {
        services.AddSingleton(provider => provider.GetRequiredService<IConfiguration>().Read<HistoryOptions>("Runs"));
        services.AddSingleton<PlatformStop>();
        services.AddSingleton<LiveRuns>();
        services.AddSingleton<RunHistory>();
        services.AddSingleton<RunRetention>();
        services.AddSingleton<RunResumption>();
    }

    private static void AddNotices(this IServiceCollection services)
    {
        services.AddSingleton(provider => provider.GetRequiredService<IConfiguration>().Read<NoticeOptions>("Notices"));
        services.AddSingleton<NoticeRuleStore>();
        services.AddSingleton<NoticeOutbox>();
        services.AddSingleton<NoticeTroubles>();
        services.AddSingleton<EndedRuns>();
        services.AddSingleton<NoticeIntake>();
        services.AddSingleton<NoticeSetup>();
        services.AddSingleton(provider => new MailSender(provider.GetRequiredService<NoticeOptions>().AnswerWithin));
        services.AddSingleton<WebhookSender>();
        services.AddSingleton<NoticeSending>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<NoticeCourier>(provider, SendingFrom(provider)));
        services.AddSingleton<RunNotices>();
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<NoticeDelivery>(provider, (Action)provider.GetRequiredService<RunNotices>().LookAtEndedRuns));
    }

    private static Func<NoticeRule, Notice, CancellationToken, Task<SendingResult>> SendingFrom(IServiceProvider provider) =>
        provider.GetRequiredService<NoticeSending>().SendAsync;

    private static void AddSchedules(this IServiceCollection services)
    {
        services.AddSingleton(provider => provider.GetRequiredService<IConfiguration>().Read<ScheduleOptions>("Schedules"));
        services.AddSingleton<ScheduleStore>();
        services.AddSingleton<PlatformZone>();
        services.AddSingleton<NextFires>();
        services.AddSingleton<ScheduleLog>();
        services.AddSingleton<ScheduleSwitch>();
        services.AddSingleton<ScheduleCheck>();
        services.AddSingleton<ScheduleEdit>();
        services.AddSingleton<Freshness>();
        services.AddSingleton<FireLanes>();
        services.AddSingleton<ScheduleBoard>();
        services.AddSingleton<ScheduledRuns>();
        services.AddSingleton<Func<Fire, CancellationToken, Task<FireOutcome>>>(provider => provider.GetRequiredService<ScheduledRuns>().RunAsync);
        services.AddSingleton<DataSetLate>(provider => provider.GetRequiredService<ScheduledRuns>().TellLate);
    }

    private static void AddPackages(this IServiceCollection services)
    {
        services.AddSingleton<PackageTrust>();
        services.AddSingleton(provider => new PackageStore(Path.Combine(provider.GetRequiredService<DataFolder>().Root, "store")));
        services.AddSingleton(provider => new InstalledConnectors(
            provider.GetRequiredService<PackageStore>(),
            Path.Combine(provider.GetRequiredService<DataFolder>().Root, "connectors.lock.json"),
            provider.GetRequiredService<FormCheck>(),
            provider.GetRequiredService<PackageTrust>())
        {
            Changed = (before, after) => ConnectorAudit.Record(provider.GetRequiredService<AuditLog>(), before, after),
        });
        services.AddSingleton<DataSetImpact>();
        services.AddSingleton<UpgradeCheck>(provider => (package, cancellationToken) =>
            provider.GetRequiredService<DataSetImpact>().ObjectionsToAsync(package, cancellationToken));
        services.AddSingleton<ConnectorChoices>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<WorkerTrial>(provider, WorkerTrial.UsualPatience));
        services.AddSingleton(provider => new PackageTrial(provider.GetRequiredService<PackageStore>(), TrialFrom(provider)));
        services.AddSingleton<PackageIntake>();
        services.AddSingleton<FirstTrials>();
        services.AddSingleton<Approval>();
        services.AddSingleton<QuarantineRecord>();
        services.AddSingleton<PackageLeases>();
        services.AddSingleton(provider => new PackageFeed(provider.GetRequiredService<ConnectorSettings>().Feeds));
        services.AddSingleton(provider => new SourceScan(
            provider.GetRequiredService<ConnectorSettings>().Folders,
            provider.GetRequiredService<ConnectorSettings>().DropIn(provider.GetRequiredService<DataFolder>().Root),
            provider.GetRequiredService<InstalledConnectors>(),
            provider.GetRequiredService<PackageIntake>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(CatalogFrom);
    }

    // Without workers a connector shows what it is at its first run.
    private static Func<ConnectorPackage, CancellationToken, Task<string?>> TrialFrom(IServiceProvider provider) => (package, cancellationToken) =>
        provider.GetRequiredService<WorkerSettings>().IsInProcess
            ? Task.FromResult<string?>(null)
            : provider.GetRequiredService<WorkerTrial>().TryAsync(package, cancellationToken);

    private static ConnectorCatalog CatalogFrom(IServiceProvider provider)
    {
        var scan = provider.GetRequiredService<SourceScan>();
        scan.StartAsync(CancellationToken.None).GetAwaiter().GetResult();
        return new ConnectorCatalog(provider.GetRequiredService<InstalledConnectors>(), [.. provider.GetRequiredService<ConnectorSettings>().Folders, scan.Drop]);
    }

    // A form must pass the dialect's rules and be readable by the library that will validate what is filled into it.
    private static FormCheck FormCheckFrom(IServiceProvider provider)
    {
        var validator = provider.GetRequiredService<FormValidator>();
        return (file, schema) =>
        {
            var problems = FormLint.Check(schema).Select(problem => new PackageProblem(file, problem.Pointer, $"{problem.Rule}: {problem.Message}")).ToList();
            try
            {
                if (problems.Count == 0)
                {
                    validator.Prepare(Form.Parse(schema));
                }
            }
            catch (FormSchemaException exception)
            {
                problems.Add(new PackageProblem(file, exception.Pointer, exception.Message));
            }

            return problems;
        };
    }

    private static WorkerPool PoolFrom(IServiceProvider provider)
    {
        var settings = provider.GetRequiredService<WorkerSettings>();
        var pool = new WorkerPool(ChildProgram.Executable, settings.LimitsOf, settings.Limits, provider.GetRequiredService<TimeProvider>());
        pool.Quarantine.Kept = package => provider.GetRequiredService<QuarantineRecord>().Find(package);
        pool.Quarantine.Keep = (package, entry) => provider.GetRequiredService<QuarantineRecord>().TryKeep(package, entry);
        return pool;
    }

    private static ValidationQuota QuotaFrom(IServiceProvider provider) => SchemaLibrary.OpenQuota(
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<ILogger<ValidationQuota>>(),
        provider.GetRequiredService<IConfiguration>()["JsonSchema:LicenseKey"]);

    private static PipelineOptions PipelineOptionsFrom(IServiceProvider provider)
    {
        var options = new PipelineOptions { Time = provider.GetRequiredService<TimeProvider>() };
        return provider.GetRequiredService<IConfiguration>().ReadNumber("Runs:CommitRows") is { } rows ? options with { CommitRows = rows } : options;
    }
}
