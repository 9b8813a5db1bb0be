using System.Runtime.CompilerServices;
using System.Text.Json;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.DataSets.Storage;
using ConnectorPlatform.Host.Runs.Sessions;

namespace ConnectorPlatform.Host.Runs;

/// <summary>What a DataSet would bring, seen before it is saved.</summary>
/// <param name="Run">How it ended, what it cost, and why it failed.</param>
/// <param name="Columns">As the DataSet would have them.</param>
/// <param name="Rows">The first ones, their values as in <see cref="RowPage"/>.</param>
/// <param name="IsCut">Whether the source has, or may have, more than was read.</param>
internal sealed record RowPreview(RunRecord Run, IReadOnlyList<StoredColumn> Columns, IReadOnlyList<object?[]> Rows, bool IsCut);

/// <summary>Reads the first rows of a configuration and keeps nothing of it.</summary>
internal sealed class PreviewRun(ConnectorSessions sessions, OneOffRun oneOff, TimeProvider time)
{
    public const int RowsShown = 50;

    /// <summary>After this long no further page is asked for…</summary>
    private static readonly TimeSpan EnoughAfter = TimeSpan.FromSeconds(10);

    /// <summary>…and after this long nothing is waited for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <param name="package">The connector.</param>
    /// <param name="account">The account, or sample data.</param>
    /// <param name="details">Settled and valid.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<RowPreview> RunAsync(ConnectorPackage package, AccountChoice account, JsonElement details, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        FirstRows? first = null;
        RowPage? page = null;
        var plan = new OneOffPlan(package, details, async (execution, state, cancellation) => first = new FirstRows(
            await sessions.OpenAsync(
                new SessionRequest { Package = package, Account = account, Purpose = "a preview", Details = details, State = state, Progress = execution.Progress, Usage = execution.Usage },
                cancellation).ConfigureAwait(false),
            time));
        var run = await oneOff.RunAsync(plan, reader => page = reader.Page(0, RowsShown), either.Token).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return run.State == RunState.Cancelled
            ? new RowPreview(run with { State = RunState.Failed, Failure = TooSlow }, [], [], IsCut: true)
            : Shown(run, page, first?.IsCut == true);
    }

    private static RunFailure TooSlow => new(
        RunFailureKind.Source,
        $"The source sent no rows within {Patience.TotalSeconds:0} seconds. A run waits longer: save the DataSet and run it, or ask for less.");

    private static RowPreview Shown(RunRecord run, RowPage? page, bool isCut)
    {
        var shown = page?.Columns.Except(StoredColumn.OfHost).Count() ?? 0;
        return new RowPreview(run, [.. page?.Columns.Take(shown) ?? []], [.. page?.Rows.Select(row => row[..shown]) ?? []], isCut || page?.Total > RowsShown);
    }

    /// <summary>A session that ends its reading once there is enough to look at.</summary>
    private sealed class FirstRows(IConnectorSession session, TimeProvider time) : IConnectorSession
    {
        public bool IsCut { get; private set; }

        public Task<AccountIdentity> CheckAsync(CancellationToken cancellationToken) => session.CheckAsync(cancellationToken);

        public Task<IReadOnlyList<MenuOption>> GetMenuAsync(MenuRequest request, CancellationToken cancellationToken) => session.GetMenuAsync(request, cancellationToken);

        public async IAsyncEnumerable<RecordBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            var (began, rows) = (time.GetTimestamp(), 0L);
            await foreach (var batch in session.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return batch;
                rows += batch.Count;
                if (rows >= RowsShown || time.GetElapsedTime(began) > EnoughAfter)
                {
                    IsCut = true;
                    yield break;
                }
            }
        }

        public Task<JsonElement> MigrateDetailsAsync(int fromVersion, CancellationToken cancellationToken) => session.MigrateDetailsAsync(fromVersion, cancellationToken);

        public ValueTask DisposeAsync() => session.DisposeAsync();
    }
}
