using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Runtime.CompilerServices;

namespace ConnectorPlatform.Connectors.Bitly.Reports;

/// <summary>What the account may still do: limits of the API, of the organization's plan, and the group's use of features.</summary>
internal sealed class UsageReport() : Report(Scope.Group)
{
    public override async IAsyncEnumerable<RecordBatch> ReadAsync(
        ReportRun run, Subject subject, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var organization = await run.FindOrganizationAsync(cancellationToken);
        var refused = new List<ConnectorException>();
        IReadOnlyList<Row>[] parts =
        [
            await FetchAsync<PlatformLimitsReply>(run, refused, PlatformLimitsReply.Uri, PlatformLimitsReply.Title, OfApi, cancellationToken),
            await FetchAsync<PlanLimitsReply>(run, refused, $"{organization.Path}/plan_limits", $"the plan's limits of {organization.Name}", OfPlan, cancellationToken),
            await FetchAsync<FeatureUsageReply>(run, refused, $"{subject.Path}/feature_usage", $"the features' usage of {subject.Name}", OfFeatures, cancellationToken),
        ];
        if (refused.Count == parts.Length)
        {
            throw refused[0];
        }

        run.Step();
        yield return run.Context.Batch<Row>([.. parts.SelectMany(rows => rows)]);
    }

    private static async Task<IReadOnlyList<Row>> FetchAsync<TReply>(
        ReportRun run, List<ConnectorException> refused, string uri, string what, Func<TReply, IEnumerable<Row>> read, CancellationToken cancellationToken)
    {
        try
        {
            return [.. read(await run.Api.GetAsync<TReply>(uri, what, cancellationToken))];
        }
        catch (ConnectorException exception) when (BitlyApi.IsRefusal(
            exception, HttpStatusCode.PaymentRequired, HttpStatusCode.Forbidden, HttpStatusCode.NotFound))
        {
            refused.Add(exception);
            run.Reporter.Warn($"Left out: {what}. {exception.Message}");
            return [];
        }
    }

    private static IEnumerable<Row> OfApi(PlatformLimitsReply reply) =>
        from endpoint in reply.PlatformLimits ?? []
        from method in endpoint.Methods ?? []
        select new Row { Kind = "api", Name = endpoint.Endpoint ?? "", Method = method.Name ?? "", Allowed = method.Limit, Used = method.Count, Remaining = method.Remaining };

    private static IEnumerable<Row> OfPlan(PlanLimitsReply reply) => (reply.PlanLimits ?? []).Select(limit =>
        new Row { Kind = "plan", Name = limit.Name ?? "", Description = limit.Description, Allowed = limit.Limit, Used = limit.Count, Remaining = limit.Limit - limit.Count });

    private static IEnumerable<Row> OfFeatures(FeatureUsageReply reply) => (reply.LimitUsage ?? []).Select(usage =>
        new Row { Kind = "feature", Name = usage.Name ?? "", Description = usage.Description, Used = usage.Count });

    internal sealed record Row
    {
        [Key]
        [Description("api for requests to an endpoint, plan for the organization's plan, feature for the group's use of a feature.")]
        public required string Kind { get; init; }

        [Key]
        [Description("The endpoint, or Bitly's name of the limit or feature.")]
        public required string Name { get; init; }

        [Key]
        [Description("The HTTP method that an API limit is about; empty for others.")]
        public string Method { get; init; } = "";

        public string? Description { get; init; }

        [Description("The limit; empty where Bitly tells none.")]
        public long? Allowed { get; init; }

        [Description("How much of it is used up.")]
        public long? Used { get; init; }

        public long? Remaining { get; init; }
    }
}
