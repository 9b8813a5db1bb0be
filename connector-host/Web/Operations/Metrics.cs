using ConnectorPlatform.Host.Connectors.Workers;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.Web.People;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace ConnectorPlatform.Host.Web.Operations;

/// <summary><c>/metrics</c>: figures for Prometheus.</summary>
internal static class Metrics
{
    public const string Path = "/metrics";

    public static IServiceCollection AddMeasuring(this IServiceCollection services)
    {
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<PlatformMeter>(
            provider, new Lazy<WorkerPool>(provider.GetRequiredService<WorkerPool>)));
        services.AddSingleton(provider => provider.GetRequiredService<IConfiguration>().Read<HealthOptions>("Health"));
        services.AddSingleton<PlatformHealth>();
        services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService("connector-platform", autoGenerateServiceInstanceId: false)).WithMetrics(metrics => metrics
            .AddMeter("ConnectorPlatform.*")
            .AddMeter("Microsoft.AspNetCore.Hosting")
            .AddPrometheusExporter());
        return services;
    }

    public static void Map(IEndpointRouteBuilder server)
    {
        _ = server.ServiceProvider.GetRequiredService<PlatformMeter>();
        server.MapPrometheusScrapingEndpoint(Path).WithMetadata(new AccessRule(Permission.Read) { IsOpenToThisMachine = true });
    }
}
