using System.Collections.Concurrent;
using System.Text.Json;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.DataSets.Storage;
using ConnectorPlatform.Host.Http;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Sessions;

namespace ConnectorPlatform.Host.Authoring.Recording;

/// <summary>Runs a connector in this process: on its source while every exchange is kept, and on sample data that is only being made.</summary>
internal sealed class RecordingRuns(OneOffRun runs, ConnectorLoader loader, ConnectorSettings settings, SourceHttp http, TimeProvider time)
{
    /// <summary>The package as the operator's settings have it, at the address that is really asked.</summary>
    public ConnectorPackage Configured(ConnectorPackage package) => package with { Manifest = package.Manifest with { Http = settings.Apply(package.Manifest) } };

    /// <param name="request">What is recorded.</param>
    /// <param name="now">Where the connector's clock stands, as it will in every replay.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    public async Task<LiveReading> ReadAsync(RecordingRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var sent = new ConcurrentQueue<SentExchange>();
        var plan = Plan(Configured(request.Package), request.Credentials, request.Details, now) with { UsesSamples = false };
        var (run, rows) = await RunAsync(plan, request.Package, sent.Enqueue, cancellationToken).ConfigureAwait(false);
        return new LiveReading(run, rows, [.. sent]);
    }

    /// <param name="package">The connector; its samples are not used.</param>
    /// <param name="folder">Holds the <c>samples/</c> folder that answers.</param>
    /// <param name="example">The details.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    public Task<(RunRecord Run, RowPage? Rows)> ReplayAsync(ConnectorPackage package, string folder, SampleExample example, CancellationToken cancellationToken)
    {
        var staged = package with { Folder = folder };
        var tape = SampleTape.Load(staged.SamplesFolder);
        return RunAsync(Plan(staged, tape.Credentials, example.Details, tape.Now), package, null, cancellationToken);
    }

    private static OperationPlan Plan(ConnectorPackage package, JsonElement credentials, JsonElement details, DateTimeOffset now) => new()
    {
        Package = package,
        Credentials = credentials,
        AccountKey = $"{package.Manifest.Id}/recording",
        UsesSamples = true,
        Now = now,
        Details = details,
    };

    /// <param name="plan">Whose package may lie elsewhere than its code.</param>
    /// <param name="code">The package that is loaded.</param>
    /// <param name="sent">Receives the exchanges.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    private async Task<(RunRecord Run, RowPage? Rows)> RunAsync(
        OperationPlan plan, ConnectorPackage code, Action<SentExchange>? sent, CancellationToken cancellationToken)
    {
        RowPage? rows = null;
        var oneOff = new OneOffPlan(code, plan.Details, (execution, state, _) =>
        {
            execution.Progress.Hide(SecretMask.For(plan.Credentials, plan.Package.CredentialsForm));
            var sinks = new OperationSinks { Reporter = execution.Progress, Usage = execution.Usage, Sent = sent };
            return Task.FromResult<IConnectorSession>(InProcessSession.Open(plan with { State = state }, loader.Load(code), http, sinks, time));
        });
        var run = await runs.RunAsync(oneOff, reader => rows = reader.Page(0, int.MaxValue), cancellationToken).ConfigureAwait(false);
        return (run, rows);
    }
}
