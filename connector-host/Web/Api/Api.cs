using ConnectorPlatform.Host.Web.Api.OpenApi;
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
        services.AddSingleton<AuditOperations>();
        services.AddSingleton<OAuthClientOperations>();
        return services;
    }

    public static void Map(IEndpointRouteBuilder server)
    {
        ApiPages.Map(server);
        server.MapFallback("/api/{**path}", ApiRequests.AnswerUnknownAsync);
        var api = server.MapGroup("/api/v1");
        ((IEndpointConventionBuilder)api).Finally(AddUsualFailures);
        ConnectorOperations.Map(api);
        AccountOperations.Map(api);
        OAuthClientOperations.Map(api);
        DataSetOperations.Map(api);
        ScheduleOperations.Map(api);
        BackfillOperations.Map(api);
        RunOperations.Map(api);
        RunRequestOperations.Map(api);
        QuarantineOperations.Map(api);
        RowOperations.Map(api);
        NoticeOperations.Map(api);
        SettingsOperations.Map(api);
        AuditOperations.Map(api);
    }

    /// <summary>What every operation of its kind can answer.</summary>
    private static void AddUsualFailures(EndpointBuilder endpoint)
    {
        var method = endpoint.Metadata.OfType<HttpMethodMetadata>().FirstOrDefault()?.HttpMethods[0] ?? HttpMethods.Get;
        var statuses = new List<int> { StatusCodes.Status500InternalServerError, StatusCodes.Status503ServiceUnavailable };
        if (!HttpMethods.IsGet(method))
        {
            statuses.Add(StatusCodes.Status403Forbidden);
        }

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
