using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Certification;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Connectors.Workers;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Forms.Lint;
using ConnectorPlatform.Host.Forms.Validation;
using ConnectorPlatform.Host.Http;
using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Sessions;
using ConnectorPlatform.Host.Runs.Workers;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ConnectorPlatform.Host;

/// <summary>Puts the platform's parts together; each is made when it is first asked for, so a verb opens only what it needs.</summary>
internal static class Composition
{
    public static IServiceCollection AddPlatform(this IServiceCollection services, string dataFolder)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(_ => DataFolder.Open(dataFolder));
        services.AddSingleton(provider => MetadataDatabase.Open(provider.GetRequiredService<DataFolder>()));

        services.AddSingleton<ConnectorSettings>();
        services.AddSingleton(provider => new ConnectorCatalog(provider.GetRequiredService<ConnectorSettings>().Folders, FormCheckFrom(provider)));
        services.AddSingleton<ConnectorLoader>();

        services.AddSingleton(QuotaFrom);
        services.AddSingleton<FormValidator>();

        services.AddSingleton<HttpLimits>();
        services.AddSingleton<SourceHttp>();

        services.AddSingleton<AccountStore>();
        services.AddSingleton<DataSetConfigurationStore>();
        services.AddSingleton(provider => provider.GetRequiredService<IConfiguration>().Read<DataSetStoreOptions>("DataSets"));
        services.AddSingleton<DataSetFiles>();

        services.AddSingleton<RunStore>();
        services.AddSingleton(PipelineOptionsFrom);
        services.AddSingleton<WorkerSettings>();
        services.AddSingleton(PoolFrom);
        services.AddSingleton<IConnectorIsolation>(provider => provider.GetRequiredService<WorkerSettings>().IsInProcess
            ? ActivatorUtilities.CreateInstance<InProcessIsolation>(provider)
            : ActivatorUtilities.CreateInstance<WorkerIsolation>(provider));
        services.AddSingleton<ConnectorSessions>();
        services.AddSingleton<DataSetSetup>();
        services.AddSingleton<RunEngine>();
        services.AddSingleton<RunReconciler>();
        services.AddSingleton<OneOffRun>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<Certifier>(provider, FormCheckFrom(provider)));
        return services;
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
        return new WorkerPool(WorkerSettings.Executable, settings.LimitsOf, settings.Limits, provider.GetRequiredService<TimeProvider>());
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
