using System.Text.Json;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.DataSets.Storage;
using ConnectorPlatform.Host.Http;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Sessions;
using ConnectorPlatform.Host.Runs.SignIn;

namespace ConnectorPlatform.Host.Authoring.Dev;

/// <summary>A run for the author's eyes.</summary>
/// <param name="Rows">The first rows; null when the run failed.</param>
/// <param name="Log">Its lines, without secrets.</param>
internal sealed record DevRun(RunRecord Record, RowPage? Rows, IReadOnlyList<string> Log);

/// <summary>Runs connectors in this process, where a debugger sees them, into a DataSet that is gone afterwards.</summary>
internal sealed class DevRuns(
    OneOffRun runs, DataSetSetup setup, ConnectorLoader loader, SourceHttp http, AccountStore accounts, AccountCredentials credentials, ConnectorSettings settings, TimeProvider time)
{
    private const int RowsShown = 50;
    private const int LinesShown = 500;

    private readonly ConnectorSessions _sessions = new(new InProcessIsolation(loader, http, time), credentials, settings);

    /// <summary>The accounts that the connector can run on, besides sample data.</summary>
    public IReadOnlyList<string> AccountsFor(ConnectorPackage package) =>
        [.. accounts.List().Where(account => account.Connector == package.Manifest.Id).Select(account => account.Name)];

    /// <param name="package">The connector.</param>
    /// <param name="account">The name of an account, or <c>sample</c>.</param>
    /// <param name="details">As the author wrote them.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <exception cref="InvalidFormException">The details are not valid.</exception>
    public async Task<DevRun> RunAsync(ConnectorPackage package, string account, JsonElement details, CancellationToken cancellationToken)
    {
        var settled = setup.SettleDetails(package, details);
        var choice = setup.Choose(account);
        var log = Path.GetTempFileName();
        RowPage? rows = null;
        try
        {
            var plan = new OneOffPlan(package, settled, (execution, state, cancellation) => _sessions.OpenAsync(new SessionRequest
            {
                Package = AuthorsOwn.Source(package),
                Account = choice,
                Purpose = "a run of its author",
                Details = settled,
                State = state,
                Progress = execution.Progress,
                Usage = execution.Usage,
            }, cancellation))
            {
                LogPath = log,
            };
            var record = await runs.RunAsync(plan, reader => rows = reader.Page(0, RowsShown), cancellationToken).ConfigureAwait(false);
            return new DevRun(record, rows, [.. File.ReadLines(log).Take(LinesShown).Select(Line)]);
        }
        finally
        {
            File.Delete(log);
        }
    }

    /// <summary>The examples of the connector's sample data; none when it has none.</summary>
    public static IReadOnlyList<SampleExample> ExamplesOf(ConnectorPackage package) =>
        File.Exists(Path.Combine(package.SamplesFolder, SampleFiles.IndexFile)) ? SampleTape.Load(package.SamplesFolder).Examples : [];

    private static string Line(string json)
    {
        var line = JsonElement.Parse(json);
        return $"{line.GetProperty("level").GetString()}: {line.GetProperty("message").GetString()}";
    }
}
