using ConnectorPlatform.Host.Web.People;

namespace ConnectorPlatform.Host.Web.Operations;

/// <summary><c>/health/live</c> and <c>/health/ready</c>, for whoever watches the process.</summary>
internal static class HealthPages
{
    public static void Map(IEndpointRouteBuilder server)
    {
        var health = server.ServiceProvider.GetRequiredService<PlatformHealth>();
        server.MapMethods("/health/live", Pages.Reading, () => Results.Text("ok")).ExcludeFromDescription().IsForEverybody();
        server.MapMethods("/health/ready", Pages.Reading, () => Ready(health.Look())).ExcludeFromDescription().IsForEverybody();
    }

    private static IResult Ready(IReadOnlyList<HealthCheck> checks)
    {
        var isReady = checks.All(check => check.Trouble is null);
        return Results.Json(
            new { Status = isReady ? "ready" : "not ready", Checks = checks.Select(check => new { check.Name, IsOk = check.Trouble is null, check.Trouble }) },
            statusCode: isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}
