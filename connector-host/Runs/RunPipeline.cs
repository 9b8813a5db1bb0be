using System.Threading.Channels;
using ConnectorPlatform.Host.DataSets.Storage;
using ConnectorPlatform.Host.Runs.Sessions;

namespace ConnectorPlatform.Host.Runs;

/// <summary>
/// Moves a connector's batches into a DataSet's writer: reading the next pages and storing the last go on at the same time,
/// and a full pipe holds the connector back.
/// </summary>
/// <param name="options">When it commits, and how long it waits.</param>
/// <param name="stop">May ask a run that commits on its way to end at a checkpoint; null for nobody.</param>
internal sealed class RunPipeline(PipelineOptions options, RunStop? stop = null)
{
    // Enough for both sides never to wait for each other's jitter, few enough for memory to stay flat.
    private const int PagesAhead = 2;

    /// <summary>Reads everything and commits; returns when the final commit stands.</summary>
    /// <exception cref="OperationCanceledException">The run was cancelled; what was committed before stays.</exception>
    public async Task ExecuteAsync(IConnectorSession session, DataSetWriter writer, RunProgress progress, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pages = Channel.CreateBounded<RecordBatch>(new BoundedChannelOptions(PagesAhead) { SingleReader = true, SingleWriter = true });
        var reading = Task.Run(() => ReadAsync(session, pages.Writer, progress, stop.Token), CancellationToken.None);
        try
        {
            // On a thread of its own: the database's calls block, and memory that native code gets from many threads comes back late.
            await Task.Factory.StartNew(
                () => Store(pages.Reader, writer, progress, cancellationToken),
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default).ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);

            // Its failure, if any, has come through the channel already. A connector that does not stop is left behind.
            await reading.WaitAsync(options.StopWithin, options.Time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task ReadAsync(
        IConnectorSession session, ChannelWriter<RecordBatch> pages, RunProgress progress, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var batch in session.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                progress.Read(batch.Count);
                await pages.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
            }

            pages.Complete();
        }
        catch (Exception exception)
        {
            pages.Complete(exception);
        }
    }

    private void Store(ChannelReader<RecordBatch> pages, DataSetWriter writer, RunProgress progress, CancellationToken cancellationToken)
    {
        progress.Enter(RunPhase.Reading);
        var lastCommit = options.Time.GetTimestamp();
        var mayEnd = writer.CommitsAtCheckpoints;
        while (Next(pages, mayEnd, cancellationToken) is { HasEnded: false } page)
        {
            if (page.Batch is { } batch)
            {
                writer.Append(batch);
                mayEnd = writer.CommitsAtCheckpoints && batch.Checkpoint is not null;
            }

            if (mayEnd && writer.Pending > 0 && (page.IsLast || IsDue(writer.Pending, lastCommit)))
            {
                progress.Committed(writer.Commit(isFinal: false));
                lastCommit = options.Time.GetTimestamp();
            }

            if (page.IsLast)
            {
                stop!.End();
                throw new OperationCanceledException(cancellationToken);
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        progress.Enter(RunPhase.Committing);
        progress.Committed(writer.Commit(isFinal: true));
    }

    /// <summary>Waits for the next page; where the run may end, no longer than until it is asked to.</summary>
    private Page Next(ChannelReader<RecordBatch> pages, bool mayEnd, CancellationToken cancellationToken)
    {
        var wait = mayEnd && stop is not null ? stop.MayEnd : cancellationToken;
        try
        {
            // Asked before a page is taken: with pages always there, the wait below would never see it.
            wait.ThrowIfCancellationRequested();
            return pages.TryRead(out var batch) || (Wait(pages, wait) && pages.TryRead(out batch)) ? new Page(batch, HasEnded: false, IsLast: false) : new Page(null, HasEnded: true, IsLast: false);
        }
        catch (OperationCanceledException) when (mayEnd && stop is { IsAskedToEnd: true } && !cancellationToken.IsCancellationRequested)
        {
            // What has come to its end meanwhile is complete.
            return new Page(null, HasEnded: pages.Completion.IsCompletedSuccessfully, IsLast: true);
        }
    }

    private static bool Wait(ChannelReader<RecordBatch> pages, CancellationToken cancellationToken) =>
        pages.WaitToReadAsync(cancellationToken).AsTask().GetAwaiter().GetResult();

    private bool IsDue(long pending, long lastCommit) =>
        pending >= options.CommitRows || options.Time.GetElapsedTime(lastCommit) >= options.CommitEvery;

    /// <param name="Batch">Null at the end.</param>
    /// <param name="HasEnded">Whether the source has no more.</param>
    /// <param name="IsLast">Whether the run is to end here although the source has more.</param>
    private readonly record struct Page(RecordBatch? Batch, bool HasEnded, bool IsLast);
}

internal sealed record PipelineOptions
{
    /// <summary>Where a run may commit before its end, it does so at the first checkpoint after this many rows…</summary>
    public int CommitRows { get; init; } = 50_000;

    /// <summary>…or after this long, so that a slow source loses little.</summary>
    public TimeSpan CommitEvery { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connector may take to notice that its run has ended.</summary>
    public TimeSpan StopWithin { get; init; } = TimeSpan.FromSeconds(2);

    public required TimeProvider Time { get; init; }
}
