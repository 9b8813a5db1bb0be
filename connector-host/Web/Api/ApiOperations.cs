namespace ConnectorPlatform.Host.Web.Api;

/// <summary>What an operation's documentation shows besides what the code itself says.</summary>
/// <param name="Body">An example of the request's body; null when it has none.</param>
internal sealed record OperationExample(object? Body);

/// <summary>Describes operations where they are mapped.</summary>
internal static class ApiOperations
{
    public const string ProblemType = "application/problem+json";

    /// <summary>Names an operation and says what it does.</summary>
    /// <param name="operation">The endpoint.</param>
    /// <param name="id">Unique; clients that are generated make a method of it.</param>
    /// <param name="summary">A few words.</param>
    /// <param name="description">The rest that a caller should know.</param>
    public static RouteHandlerBuilder Is(this RouteHandlerBuilder operation, string id, string summary, string? description = null)
    {
        operation.WithName(id).WithSummary(summary);
        return description is null ? operation : operation.WithDescription(description);
    }

    /// <summary>Says with which statuses it can fail, besides those of every operation.</summary>
    public static RouteHandlerBuilder Fails(this RouteHandlerBuilder operation, params int[] statuses)
    {
        foreach (var status in statuses)
        {
            operation.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(ApiProblem), [ProblemType]));
        }

        return operation;
    }

    public static RouteHandlerBuilder Example(this RouteHandlerBuilder operation, object body) => operation.WithMetadata(new OperationExample(body));

    /// <summary>Lets a client repeat the request without doing it twice.</summary>
    public static RouteHandlerBuilder Once(this RouteHandlerBuilder operation) =>
        operation.AddEndpointFilter<Idempotency>().WithMetadata(new IdempotentOperation()).Fails(StatusCodes.Status409Conflict, StatusCodes.Status422UnprocessableEntity);
}
