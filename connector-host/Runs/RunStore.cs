using System.Text.Json;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.Runs;

/// <summary>Run records in the metadata store.</summary>
internal sealed class RunStore(MetadataDatabase database)
{
    private const string Columns =
        "id, dataset_id, fence, instance, trigger_kind, connector_version, details, update_method, state, phase, attempts, started_at, ended_at, " +
        "rows_read, rows_written, rows_changed, rows_removed, rows_rejected, bytes_received, requests, waited_ms, warnings, failure_kind, failure_message, undone_by, rules, waiting_for, tries, " +
        "phases, interruption, resumes";

    private const string Ending =
        "UPDATE runs SET state = @State, phase = @Phase, attempts = @Attempts, ended_at = @EndedAt, rows_read = @RowsRead, rows_written = @RowsWritten, rows_changed = @RowsChanged, rows_removed = @RowsRemoved, " +
        "rows_rejected = @RowsRejected, bytes_received = @BytesReceived, requests = @Requests, waited_ms = @WaitedMs, warnings = @Warnings, failure_kind = @FailureKind, failure_message = @FailureMessage, waiting_for = @WaitingFor, tries = @Tries, " +
        "phases = @Phases, interruption = @Interruption";

    private static readonly string Seen = Viewer.Sees("DataSet", "runs.dataset_id");

    /// <summary>Adds a record and gives the run its fence, in one write.</summary>
    /// <returns>The run with the fence: greater than that of every run of the DataSet before.</returns>
    /// <exception cref="PlatformException">The DataSet is gone, or the run that it makes up for is made up for already.</exception>
    public RunRecord Add(RunRecord run)
    {
        var fence = database.TryInsert<long>(
            "UPDATE datasets SET last_fence = last_fence + 1 WHERE id = @DatasetId; " +
            $"INSERT INTO runs ({Columns}) SELECT @Id, @DatasetId, last_fence, @Instance, @TriggerKind, @ConnectorVersion, @Details, @UpdateMethod, @State, @Phase, " +
            "@Attempts, @StartedAt, @EndedAt, @RowsRead, @RowsWritten, @RowsChanged, @RowsRemoved, @RowsRejected, @BytesReceived, @Requests, @WaitedMs, @Warnings, @FailureKind, @FailureMessage, @UndoneBy, @Rules, @WaitingFor, @Tries, " +
            "@Phases, @Interruption, @Resumes FROM datasets WHERE id = @DatasetId RETURNING fence",
            Row.From(run));
        if (fence is null)
        {
            throw run.Resumes is { } resumed && Find(resumed) is not null
                ? new PlatformException(PlatformFault.Busy, $"Another server makes up for the run {resumed} already.")
                : new PlatformException(PlatformFault.NotFound, "The DataSet was deleted while its run was being started.");
        }

        return run with { Fence = fence.Value };
    }

    /// <summary>Stores what changes while a run goes on and ends. A run that has ended stays as it ended.</summary>
    public void Update(RunRecord run) => database.Execute($"{Ending} WHERE id = @Id AND state IN ('Queued', 'Running')", Row.From(run));

    /// <summary>Stores that a process is about to settle a run that waits, so that its death between file and record is noticed.</summary>
    public void BeginSettling(string runId, string instance) =>
        database.Execute("UPDATE runs SET phase = 'Committing', instance = @instance WHERE id = @runId AND state = 'Held'", new { runId, instance });

    /// <summary>Stores what became of a run that waited for approval.</summary>
    public void Settle(RunRecord run) => database.Execute($"{Ending} WHERE id = @Id AND state = 'Held'", Row.From(run));

    /// <summary>Stores that a queued run begins, and with which configuration.</summary>
    public void Start(RunRecord run) => database.Execute(
        "UPDATE runs SET fence = @Fence, state = @State, phase = @Phase, waiting_for = NULL, phases = @Phases, started_at = @StartedAt, connector_version = @ConnectorVersion, details = @Details, update_method = @UpdateMethod, rules = @Rules " +
        "WHERE id = @Id AND state = 'Queued'",
        Row.From(run));

    /// <summary>Asks the process that executes a run to cancel it.</summary>
    public void AskCancel(string runId) => database.Execute("UPDATE runs SET cancel_asked = 1 WHERE id = @runId", new { runId });

    /// <summary>Asks for the end of a run unless it has begun meanwhile.</summary>
    public bool AskCancelWaiting(string runId) => database.Execute("UPDATE runs SET cancel_asked = 1 WHERE id = @runId AND state = 'Queued' AND cancel_asked = 0", new { runId }) > 0;

    /// <summary>The unfinished runs of a process that somebody asks to cancel.</summary>
    public IReadOnlyList<string> CancelAsked(string instance) =>
        database.Query<string>("SELECT id FROM runs WHERE state IN ('Queued', 'Running') AND cancel_asked = 1 AND instance = @instance", new { instance });

    /// <summary>Notes that a run was taken back.</summary>
    public void SetUndone(string runId, string undoId) => database.Execute("UPDATE runs SET undone_by = @undoId WHERE id = @runId", new { runId, undoId });

    /// <summary>The runs of a DataSet, newest first.</summary>
    public IReadOnlyList<RunRecord> Of(string dataSetId, int limit) =>
        Read($"SELECT {Columns} FROM runs WHERE dataset_id = @dataSetId ORDER BY fence DESC LIMIT @limit", new { dataSetId, limit });

    public RunRecord? Find(string id) => Read($"SELECT {Columns} FROM runs WHERE id = @id AND {Seen}", new { id, viewer = Viewer.Filter }) is [var run] ? run : null;

    public RunRecord? Last(string dataSetId) => Of(dataSetId, 1) is [var last] ? last : null;

    /// <summary>The run of the same DataSet before another; null for the first that is kept.</summary>
    public RunRecord? Before(RunRecord run) =>
        Read($"SELECT {Columns} FROM runs WHERE dataset_id = @DataSetId AND fence < @Fence ORDER BY fence DESC LIMIT 1", new { run.DataSetId, run.Fence }) is [var before] ? before : null;

    /// <summary>The runs that wait for approval.</summary>
    public IReadOnlyList<RunRecord> Held() => Read($"SELECT {Columns} FROM runs WHERE state = 'Held'", null);

    /// <summary>The run of a DataSet that waits for approval; null when none does.</summary>
    public RunRecord? HeldOf(string dataSetId) => Read($"SELECT {Columns} FROM runs WHERE dataset_id = @dataSetId AND state = 'Held'", new { dataSetId }) is [var run, ..] ? run : null;

    /// <summary>The runs that were asked for last come first.</summary>
    /// <param name="dataSetId">Null for all DataSets.</param>
    /// <param name="state">Null for every state.</param>
    /// <param name="before">A run's id: only those that were asked for before it.</param>
    /// <param name="limit">How many at most.</param>
    public IReadOnlyList<RunRecord> Page(string? dataSetId, RunState? state, string? before, int limit) => Read(
        $"SELECT {Columns} FROM runs WHERE (@dataSetId IS NULL OR dataset_id = @dataSetId) AND (@state IS NULL OR state = @state) AND (@before IS NULL OR id < @before) AND {Seen} ORDER BY id DESC LIMIT @limit",
        new { dataSetId, state = state?.ToString(), before, limit, viewer = Viewer.Filter });

    /// <summary>The runs that ended last, those that began last first.</summary>
    public IReadOnlyList<RunRecord> Ended(int limit) =>
        Read($"SELECT {Columns} FROM runs WHERE state NOT IN ('Queued', 'Running') AND {Seen} ORDER BY id DESC LIMIT @limit", new { limit, viewer = Viewer.Filter });

    /// <summary>The interrupted runs that nothing has made up for: no later run of their DataSet moved what they would have moved.</summary>
    public IReadOnlyList<RunRecord> ToBeResumed() => [.. Read(
        $"SELECT {Columns} FROM runs WHERE interruption IS NOT NULL AND NOT EXISTS " +
        "(SELECT 1 FROM runs AS later WHERE later.dataset_id = runs.dataset_id AND later.fence > runs.fence AND later.trigger_kind IN ('Manual', 'Schedule', 'Undo', 'Resume')) ORDER BY id",
        null).Where(run => run.IsToBeResumed)];

    /// <summary>Stores how far runs have come that go on; one that has ended, or waits, stays as it is.</summary>
    public void Follow(IReadOnlyCollection<RunRecord> going) => database.Execute(
        "UPDATE runs SET phase = now.value ->> 'Phase', phases = now.value ->> 'Phases', rows_read = now.value ->> 'RowsRead', rows_written = now.value ->> 'RowsWritten', rows_changed = now.value ->> 'RowsChanged', " +
        "rows_removed = now.value ->> 'RowsRemoved', rows_rejected = now.value ->> 'RowsRejected', bytes_received = now.value ->> 'BytesReceived', requests = now.value ->> 'Requests', waited_ms = now.value ->> 'WaitedMs' " +
        "FROM json_each(@going) AS now WHERE runs.id = now.value ->> 'Id' AND runs.state = 'Running' AND runs.phase <> 'Waiting'",
        new { going = JsonSerializer.Serialize(going.Select(Row.From)) });

    public long Count(RunState state) => database.Find<long>("SELECT count(*) FROM runs WHERE state = @state", new { state = state.ToString() });

    public IReadOnlyList<RunRecord> Unfinished() => Read($"SELECT {Columns} FROM runs WHERE state IN ('Queued', 'Running')", null);

    private RunRecord[] Read(string sql, object? parameters) => [.. database.Query<Row>(sql, parameters).Select(row => row.ToRecord())];

    private sealed record Row
    {
        public required string Id { get; init; }
        public required string DatasetId { get; init; }
        public required long Fence { get; init; }
        public required string Instance { get; init; }
        public required string TriggerKind { get; init; }
        public required string ConnectorVersion { get; init; }
        public required string Details { get; init; }
        public required string UpdateMethod { get; init; }
        public required string State { get; init; }
        public required string Phase { get; init; }
        public required long Attempts { get; init; }
        public required DateTimeOffset StartedAt { get; init; }
        public DateTimeOffset? EndedAt { get; init; }
        public required long RowsRead { get; init; }
        public required long RowsWritten { get; init; }
        public required long RowsChanged { get; init; }
        public required long RowsRemoved { get; init; }
        public required long RowsRejected { get; init; }
        public required long BytesReceived { get; init; }
        public required long Requests { get; init; }
        public required long WaitedMs { get; init; }
        public required string Warnings { get; init; }
        public string? FailureKind { get; init; }
        public string? FailureMessage { get; init; }
        public string? UndoneBy { get; init; }
        public required string Rules { get; init; }
        public string? WaitingFor { get; init; }
        public required string Tries { get; init; }
        public required string Phases { get; init; }
        public string? Interruption { get; init; }
        public string? Resumes { get; init; }

        public static Row From(RunRecord run) => new()
        {
            Id = run.Id,
            DatasetId = run.DataSetId,
            Fence = run.Fence,
            Instance = run.Instance,
            TriggerKind = run.Trigger.ToString(),
            ConnectorVersion = run.ConnectorVersion,
            Details = run.Details.GetRawText(),
            UpdateMethod = run.UpdateMethod.ToString(),
            State = run.State.ToString(),
            Phase = run.Phase.ToString(),
            Attempts = run.Attempts,
            StartedAt = run.StartedAt,
            EndedAt = run.EndedAt,
            RowsRead = run.Counts.RowsRead,
            RowsWritten = run.Counts.RowsWritten,
            RowsChanged = run.Counts.RowsChanged,
            RowsRemoved = run.Counts.RowsRemoved,
            RowsRejected = run.Counts.RowsRejected,
            BytesReceived = run.Counts.BytesReceived,
            Requests = run.Counts.Requests,
            WaitedMs = (long)run.Counts.Waited.TotalMilliseconds,
            Warnings = JsonSerializer.Serialize(run.Warnings),
            FailureKind = run.Failure?.Kind.ToString(),
            FailureMessage = run.Failure?.Message,
            UndoneBy = run.UndoneBy,
            Rules = run.Rules.ToJson(),
            WaitingFor = run.IsEnded ? null : run.WaitingFor,
            Tries = JsonSerializer.Serialize(run.Tries),
            Phases = JsonSerializer.Serialize(run.Phases),
            Interruption = run.Interruption?.ToString(),
            Resumes = run.Resumes,
        };

        public RunRecord ToRecord() => new()
        {
            Id = Id,
            DataSetId = DatasetId,
            Fence = Fence,
            Instance = Instance,
            Trigger = Enum.Parse<RunTrigger>(TriggerKind),
            ConnectorVersion = ConnectorVersion,
            Details = JsonElement.Parse(Details),
            UpdateMethod = Enum.Parse<UpdateMethod>(UpdateMethod),
            State = Enum.Parse<RunState>(State),
            Phase = Enum.Parse<RunPhase>(Phase),
            Attempts = (int)Attempts,
            StartedAt = StartedAt,
            EndedAt = EndedAt,
            Counts = new RunCounts
            {
                RowsRead = RowsRead,
                RowsWritten = RowsWritten,
                RowsChanged = RowsChanged,
                RowsRemoved = RowsRemoved,
                RowsRejected = RowsRejected,
                BytesReceived = BytesReceived,
                Requests = Requests,
                Waited = TimeSpan.FromMilliseconds(WaitedMs),
            },
            Warnings = JsonSerializer.Deserialize<string[]>(Warnings)!,
            Failure = FailureKind is null ? null : new RunFailure(Enum.Parse<RunFailureKind>(FailureKind), FailureMessage!),
            UndoneBy = UndoneBy,
            Rules = DataSetRules.Parse(Rules),
            WaitingFor = WaitingFor,
            Tries = JsonSerializer.Deserialize<FailedTry[]>(Tries)!,
            Phases = JsonSerializer.Deserialize<PhaseStart[]>(Phases)!,
            Interruption = Interruption is null ? null : Enum.Parse<Interruption>(Interruption),
            Resumes = Resumes,
        };
    }
}
