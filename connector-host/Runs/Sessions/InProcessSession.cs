using System.Runtime.CompilerServices;
using System.Text.Json;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Runs.Sessions;

/// <summary>Runs the connector's code in this process: in a worker, or in the host for debugging.</summary>
internal sealed class InProcessSession(IConnector connector, ConnectorContext context) : IConnectorSession
{
    /// <exception cref="PackageLoadException">The connector's code cannot be used.</exception>
    /// <exception cref="ConnectorException">The samples are missing, or the credentials make no authentication.</exception>
    public static InProcessSession Open(OperationPlan plan, LoadedConnector connector, SourceHttp http, OperationSinks sinks, TimeProvider time)
    {
        return new InProcessSession(connector.Create(), new ConnectorContext
        {
            Http = http.Open(new SourceAccess
            {
                Policy = plan.Package.Manifest.Http,
                Credentials = plan.Credentials,
                Mask = SecretMask.For(plan.Credentials, plan.Package.CredentialsForm),
                AccountKey = plan.AccountKey,
                Tape = plan.UsesSamples ? SampleTape.Load(plan.Package.SamplesFolder) : null,
                Usage = sinks.Usage,
                Log = sinks.Reporter.Info,
                Gate = sinks.Gate ?? sinks.Limit?.Invoke(http.GateOf(plan.AccountKey, plan.Package.Manifest.Http)),
                Sent = sinks.Sent,
                Renew = plan.CanRenew ? sinks.Renew : null,
            }),
            Credentials = plan.Credentials,
            Details = plan.Details,
            State = plan.State,
            IsAppendOnly = plan.IsAppendOnly,
            Reporter = sinks.Reporter,
            Time = plan.Now is { } now ? new StandingClock(now) : time,
        });
    }

    public Task<AccountIdentity> CheckAsync(CancellationToken cancellationToken) => connector.CheckAsync(context, cancellationToken);

    public Task<IReadOnlyList<MenuOption>> GetMenuAsync(MenuRequest request, CancellationToken cancellationToken) =>
        connector.GetMenuAsync(request, context, cancellationToken);

    public async IAsyncEnumerable<RecordBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var watch = new CheckpointWatch(context.State);
        await foreach (var batch in connector.ReadAsync(context, cancellationToken).ConfigureAwait(false))
        {
            if (batch.Checkpoint is { } checkpoint)
            {
                watch.Pass(checkpoint);
            }

            yield return batch;
        }
    }

    public Task<JsonElement> MigrateDetailsAsync(int fromVersion, CancellationToken cancellationToken) =>
        Task.Run(() => connector.MigrateDetails(context.Details, fromVersion), cancellationToken);

    public ValueTask DisposeAsync()
    {
        context.Http.Dispose();
        return ValueTask.CompletedTask;
    }

    private sealed class StandingClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
