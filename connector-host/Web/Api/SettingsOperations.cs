using System.Reflection;
using ConnectorPlatform.Host.Forms.Validation;
using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Host.Schedules;
using ConnectorPlatform.Host.Web.Operations;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ConnectorPlatform.Host.Web.Api;

/// <summary>The platform itself: settings and health.</summary>
internal sealed class SettingsOperations(PlatformZone zone, ValidationQuota quota, DataFolder folder, PlatformHealth health)
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var operations = api.ServiceProvider.GetRequiredService<SettingsOperations>();
        var group = api.MapGroup("").WithTags("Platform");
        group.MapGet("/settings", operations.Show).Is("showSettings", "Show the settings", "And the version and the validation quota.");
        group.MapPut("/settings", operations.Change).Is("changeSettings", "Change the settings").Example(new SettingsBody { Zone = "Europe/Berlin" });
        group.MapGet("/health", operations.Health).Is("showHealth", "Tell whether the platform can do its work", "As /health/ready does, but always with status 200.");
    }

    private Ok<SettingsView> Show() => TypedResults.Ok(new SettingsView
    {
        Version = typeof(SettingsOperations).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0],
        Zone = zone.Current.Id,
        ValidationsUsed = quota.Used,
        ValidationsLimit = quota.Limit,
        DataFolder = folder.Root,
    });

    private Ok<SettingsView> Change(JsonBody<SettingsBody> body)
    {
        zone.Set(body.Value.Zone);
        return Show();
    }

    private Ok<HealthView> Health()
    {
        var checks = health.Look();
        return TypedResults.Ok(new HealthView(
            checks.All(check => check.Trouble is null),
            [.. checks.Select(check => new HealthCheckView(check.Name, check.Trouble is null, check.Trouble))]));
    }
}
