using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.Web.Api.OpenApi;
using ConnectorPlatform.Host.Web.People;
using Microsoft.AspNetCore.Http.Metadata;

namespace ConnectorPlatform.Host.Web.Api;

/// <summary>The REST API: what the pages do, for programs.</summary>
internal static class Api
{
    public static IServiceCollection AddApi(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(options => ApiJson.Configure(options.SerializerOptions));
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.AddOpenApi(ApiDescription.Name, ApiDescription.Configure);
        services.AddSingleton<ApiDescription>();
        services.AddSingleton<ApiPages>();
        services.AddSingleton<IdempotencyStore>();
        services.AddSingleton<AccountLookup>();
        services.AddSingleton<ConnectorOperations>();
        services.AddSingleton<AccountOperations>();
        services.AddSingleton<DataSetOperations>();
        services.AddSingleton<ScheduleOperations>();
        services.AddSingleton<BackfillOperations>();
        services.AddSingleton<RunOperations>();
        services.AddSingleton<RunRequestOperations>();
        services.AddSingleton<QuarantineOperations>();
        services.AddSingleton<RowOperations>();
        services.AddSingleton<NoticeOperations>();
        services.AddSingleton<SettingsOperations>();
        services.AddSingleton<PeopleOperations>();
        services.AddSingleton<GroupOperations>();
        services.AddSingleton<TokenOperations>();
        services.AddSingleton<OwnTokenOperations>();
        services.AddSingleton<ShareOperations>();
        services.AddSingleton<AuditOperations>();
        services.AddSingleton<OAuthClientOperations>();
        return services;
    }

    public static void Map(IEndpointRouteBuilder server)
    {
        ApiPages.Map(server.Area(Permission.Read, Permission.Read));
        server.MapFallback("/api/{**path}", ApiRequests.AnswerUnknownAsync).Needs(Permission.Read);
        var api = server.MapGroup("/api/v1");
        ((IEndpointConventionBuilder)api).Finally(AddUsualFailures);
        ConnectorOperations.Map(api.Area(Permission.Read, Permission.Operate));
        AccountOperations.Map(api.Area(Permission.Read, Permission.Write));
        OAuthClientOperations.Map(api.Area(Permission.Operate, Permission.Operate));
        DataSetOperations.Map(api.Area(Permission.Read, Permission.Write));
        ScheduleOperations.Map(api.Area(Permission.Read, Permission.Write));
        BackfillOperations.Map(api.Area(Permission.Read, Permission.Run));
        RunOperations.Map(api.Area(Permission.Read, Permission.Write));
        RunRequestOperations.Map(api.Area(Permission.Read, Permission.Run));
        QuarantineOperations.Map(api.Area(Permission.Read, Permission.Write));
        RowOperations.Map(api.Area(Permission.Read, Permission.Read));
        NoticeOperations.Map(api.Area(Permission.Operate, Permission.Operate));
        SettingsOperations.Map(api.Area(Permission.Read, Permission.Operate));
        AuditOperations.Map(api.Area(Permission.Operate, Permission.Operate));
        PeopleOperations.Map(api.Area(Permission.Administer, Permission.Administer));
        GroupOperations.Map(api.Area(Permission.Administer, Permission.Administer));
        TokenOperations.Map(api.Area(Permission.Administer, Permission.Administer));
        OwnTokenOperations.Map(api.Area(Permission.Read, Permission.Read));
        ShareOperations.Map(api.Area(Permission.Write, Permission.Write));
    }

    /// <summary>What every operation of its kind can answer.</summary>
    private static void AddUsualFailures(EndpointBuilder endpoint)
    {
        var statuses = new List<int>
        {
            StatusCodes.Status401Unauthorized, StatusCodes.Status403Forbidden, StatusCodes.Status500InternalServerError, StatusCodes.Status503ServiceUnavailable,
        };
        if (endpoint.Metadata.OfType<IAcceptsMetadata>().Any())
        {
            statuses.AddRange([StatusCodes.Status400BadRequest, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status415UnsupportedMediaType]);
        }

        var told = endpoint.Metadata.OfType<IProducesResponseTypeMetadata>().Select(answer => answer.StatusCode).ToHashSet();
        foreach (var status in statuses.Where(told.Add))
        {
            endpoint.Metadata.Add(new ProducesResponseTypeMetadata(status, typeof(ApiProblem), [ApiOperations.ProblemType]));
        }
    }
}
