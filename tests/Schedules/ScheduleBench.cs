using System.Collections.Concurrent;
using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Host.Schedules;
using ConnectorPlatform.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace ConnectorPlatform.Tests.Schedules;

/// <summary>The scheduler's parts on a real store and a clock that the test sets. Runs are asked for here and end when the test says.</summary>
internal sealed class ScheduleBench : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TemporaryFolder _folder = new();

    public ScheduleBench()
    {
        Folder = DataFolder.Open(_folder.File("data"));
        Database = MetadataDatabase.Open(Folder);
        Store = new ScheduleStore(Database);
        Restart();
        AddDataSet("dataset-1");
    }

    public SettableClock Clock { get; } = new();

    public DataFolder Folder { get; }

    public MetadataDatabase Database { get; }

    public ScheduleStore Store { get; }

    public ScheduleLog Log { get; private set; } = null!;

    public FireLanes Lanes { get; private set; } = null!;

    public ScheduleBoard Board { get; private set; } = null!;

    /// <summary>The fires that began a run.</summary>
    public ConcurrentQueue<Fire> Fires { get; } = new();

    public ConcurrentQueue<LateDataSet> Lates { get; } = new();

    /// <summary>How a run goes on and ends.</summary>
    public Func<Fire, CancellationToken, Task<FireOutcome>> Run { get; set; } = (fire, _) => Task.FromResult(FireOutcome.Ran($"run of {fire.At:u}", "Succeeded"));

    public Freshness Freshness => new(Database, Store, Log, Lates.Enqueue, Clock);

    /// <summary>Everything but the store anew, as after the host's end.</summary>
    public void Restart()
    {
        Log = new ScheduleLog(Database, Clock);
        Lanes = new FireLanes(
            (fire, cancellation) =>
            {
                Fires.Enqueue(fire);
                return Run(fire, cancellation);
            },
            Log,
            Clock);
        Board = new ScheduleBoard(Store, Log, Lanes, Clock);
    }

    public void AddDataSet(string id) => Database.Execute(
        "INSERT INTO datasets (id, name, connector, details, update_method, created_at, updated_at) VALUES (@id, @id, 'hello', '{}', 'Replace', @now, @now)", new { id, now = Clock.GetUtcNow() });

    /// <summary>A schedule that is accounted for up to the present.</summary>
    public Schedule Add(Schedule schedule)
    {
        var added = schedule with { CreatedAt = Clock.GetUtcNow() };
        Store.Add(added);
        return added;
    }

    public void AddSuccess(string dataSetId, DateTimeOffset endedAt, int fence) => Database.Execute(
        "INSERT INTO runs (id, dataset_id, fence, instance, trigger_kind, connector_version, details, update_method, state, phase, started_at, ended_at) " +
        "VALUES (@id, @dataSetId, @fence, '', 'Manual', '1.0.0', '{}', 'Replace', 'Succeeded', 'Ended', @endedAt, @endedAt)",
        new { id = $"{dataSetId}-{fence}", dataSetId, fence, endedAt });

    /// <summary>The log's lines, oldest first, when every fire has ended.</summary>
    public async Task<IReadOnlyList<ScheduleLine>> LinesAsync()
    {
        IReadOnlyList<ScheduleLine> lines = [];
        await UntilAsync(() =>
        {
            Log.Flush();
            lines = [.. Log.Read(null, 10_000).OrderBy(line => line.At).ThenBy(line => line.Id, StringComparer.Ordinal)];
            return lines.All(line => line.Outcome is not (FireEnd.Started or FireEnd.Waiting));
        });
        return lines;
    }

    /// <summary>Waits for what other threads do.</summary>
    public static async Task UntilAsync(Func<bool> isSo)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!isSo())
        {
            await Task.Delay(5, patience.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Lanes.DisposeAsync();
        Folder.Dispose();
        _folder.Dispose();
    }
}

/// <summary>A clock that can be set while the time that has passed goes on as before.</summary>
internal sealed class SettableClock() : FakeTimeProvider(Samples.Now)
{
    private long _set;

    public void Set(DateTimeOffset now)
    {
        _set += (now - GetUtcNow()).Ticks;
        AdjustTime(now);
    }

    public override long GetTimestamp() => base.GetTimestamp() - _set;
}
