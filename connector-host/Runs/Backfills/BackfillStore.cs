using System.Text.Json;
using ConnectorPlatform.Host.Http;
using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.Runs.Backfills;

/// <summary>Backfills and their slices in the metadata store.</summary>
internal sealed class BackfillStore(MetadataDatabase database, TimeProvider time)
{
    private const string Columns =
        "id, dataset_id, first_day, last_day, unit, fields, details_version, budget_requests, budget_per_seconds, state, reason, instance, created_at, updated_at";

    private const string SliceColumns = "backfill_id, number, first_day, last_day, details, state, run_id, rows_written, failure";

    /// <summary>Stores a new backfill.</summary>
    /// <exception cref="PlatformException">The DataSet has one that has not ended, or was deleted.</exception>
    public void Add(Backfill backfill, IReadOnlyList<BackfillSlice> slices)
    {
        // One write: a backfill whose slices were not stored would be done at once.
        var added = database.TryInsert(
            $"""
            INSERT INTO backfills ({Columns})
                SELECT @Id, @DatasetId, @FirstDay, @LastDay, @Unit, @Fields, @DetailsVersion, @BudgetRequests, @BudgetPerSeconds, @State, @Reason, @Instance, @CreatedAt, @UpdatedAt
                WHERE EXISTS (SELECT 1 FROM datasets WHERE id = @DatasetId);
            INSERT INTO backfill_slices ({SliceColumns})
                SELECT @Id, value ->> 'Number', value ->> 'FirstDay', value ->> 'LastDay', value ->> 'Details', value ->> 'State', NULL, 0, NULL FROM json_each(@Slices)
                WHERE EXISTS (SELECT 1 FROM backfills WHERE id = @Id);
            """,
            Row.From(backfill) with { Slices = JsonSerializer.Serialize(slices.Select(slice => SliceRow.From(backfill.Id, slice))) });
        if (!added)
        {
            throw new PlatformException(
                PlatformFault.Busy, "The DataSet has a backfill that has not ended: see it with --status, and resume it or cancel it first.");
        }

        if (Find(backfill.Id) is null)
        {
            throw new PlatformException(PlatformFault.NotFound, "The DataSet was deleted while its backfill was being started.");
        }
    }

    public Backfill? Find(string id) => database.Find<Row>($"SELECT {Columns} FROM backfills WHERE id = @id", new { id })?.ToBackfill();

    /// <summary>The DataSet's latest backfill.</summary>
    public Backfill? Last(string dataSetId) =>
        database.Find<Row>($"SELECT {Columns} FROM backfills WHERE dataset_id = @dataSetId ORDER BY created_at DESC, id DESC LIMIT 1", new { dataSetId })?.ToBackfill();

    public IReadOnlyList<Backfill> Running() =>
        [.. database.Query<Row>($"SELECT {Columns} FROM backfills WHERE state = 'Running' ORDER BY created_at").Select(row => row.ToBackfill())];

    /// <summary>Its slices, oldest first.</summary>
    public IReadOnlyList<BackfillSlice> Slices(string backfillId) =>
        [.. database.Query<SliceRow>($"SELECT {SliceColumns} FROM backfill_slices WHERE backfill_id = @backfillId ORDER BY number", new { backfillId }).Select(row => row.ToSlice())];

    /// <summary>The slices whose run has begun, and of which it is not known how it ended.</summary>
    public IReadOnlyList<BackfillSlice> Begun(string backfillId) =>
        [.. database.Query<SliceRow>($"SELECT {SliceColumns} FROM backfill_slices WHERE backfill_id = @backfillId AND state = 'Running' ORDER BY number", new { backfillId }).Select(row => row.ToSlice())];

    /// <summary>The oldest slice that is not done; null when all are.</summary>
    public BackfillSlice? Next(string backfillId) =>
        database.Find<SliceRow>($"SELECT {SliceColumns} FROM backfill_slices WHERE backfill_id = @backfillId AND state <> 'Done' ORDER BY number LIMIT 1", new { backfillId })?.ToSlice();

    /// <summary>Takes a running backfill up that nobody, or a process that is gone, is working on.</summary>
    /// <param name="backfill">As it was found.</param>
    /// <param name="instance">The process that takes it up.</param>
    /// <returns>False when another process was faster, or somebody stopped it.</returns>
    public bool TryTake(Backfill backfill, string instance) =>
        database.Execute(
            "UPDATE backfills SET instance = @taker WHERE id = @Id AND state = 'Running' AND instance IS @Instance",
            new { taker = instance, backfill.Id, backfill.Instance }) == 1;

    /// <summary>Gives up what the process has taken, in whatever state it is.</summary>
    public void Leave(string backfillId, string instance) =>
        database.Execute("UPDATE backfills SET instance = NULL WHERE id = @backfillId AND instance = @instance", new { backfillId, instance });

    /// <summary>Sets a backfill running that is not, with the process that will be at it; null leaves it to whoever takes it up.</summary>
    /// <returns>False when somebody was faster.</returns>
    public bool TryResume(Backfill backfill, string? instance) =>
        database.Execute(
            "UPDATE OR IGNORE backfills SET state = 'Running', reason = NULL, instance = @taker, updated_at = @Now WHERE id = @Id AND state = @State AND instance IS @Instance",
            new { taker = instance, backfill.Id, State = backfill.State.ToString(), backfill.Instance, Now = time.GetUtcNow() }) == 1;

    /// <summary>Moves a backfill that has not ended into another state.</summary>
    /// <returns>False when it has ended.</returns>
    public bool TryMove(string backfillId, BackfillState state, string? reason) =>
        database.Execute(
            "UPDATE backfills SET state = @State, reason = @reason, updated_at = @Now WHERE id = @backfillId AND state IN ('Running', 'Paused')",
            new { backfillId, State = state.ToString(), reason, Now = time.GetUtcNow() }) == 1;

    /// <summary>Ends a running backfill whose slices are all done.</summary>
    public void Finish(string backfillId) => database.Execute(
        "UPDATE backfills SET state = 'Done', reason = NULL, updated_at = @Now WHERE id = @backfillId AND state = 'Running'",
        new { backfillId, Now = time.GetUtcNow() });

    public void Update(string backfillId, BackfillSlice slice) => database.Execute(
        "UPDATE backfill_slices SET state = @State, run_id = @RunId, rows_written = @RowsWritten, failure = @Failure WHERE backfill_id = @BackfillId AND number = @Number",
        SliceRow.From(backfillId, slice));

    private sealed record Row
    {
        public required string Id { get; init; }
        public required string DatasetId { get; init; }
        public required string FirstDay { get; init; }
        public required string LastDay { get; init; }
        public required string Unit { get; init; }
        public required string Fields { get; init; }
        public required long DetailsVersion { get; init; }
        public long? BudgetRequests { get; init; }
        public long? BudgetPerSeconds { get; init; }
        public required string State { get; init; }
        public string? Reason { get; init; }
        public string? Instance { get; init; }
        public required DateTimeOffset CreatedAt { get; init; }
        public required DateTimeOffset UpdatedAt { get; init; }
        public string? Slices { get; init; }

        public static Row From(Backfill backfill) => new()
        {
            Id = backfill.Id,
            DatasetId = backfill.DataSetId,
            FirstDay = DayRange.Text(backfill.Range.First),
            LastDay = DayRange.Text(backfill.Range.Last),
            Unit = backfill.Unit.ToString(),
            Fields = JsonSerializer.Serialize(backfill.Fields),
            DetailsVersion = backfill.DetailsVersion,
            BudgetRequests = backfill.Budget?.Requests,
            BudgetPerSeconds = backfill.Budget?.PerSeconds,
            State = backfill.State.ToString(),
            Reason = backfill.Reason,
            Instance = backfill.Instance,
            CreatedAt = backfill.CreatedAt,
            UpdatedAt = backfill.UpdatedAt,
        };

        public Backfill ToBackfill() => new()
        {
            Id = Id,
            DataSetId = DatasetId,
            Range = new DayRange(DayRange.Parse(FirstDay), DayRange.Parse(LastDay)),
            Unit = Enum.Parse<SliceUnit>(Unit),
            Fields = JsonSerializer.Deserialize<Dictionary<string, string>>(Fields)!,
            DetailsVersion = (int)DetailsVersion,
            Budget = BudgetRequests is { } requests ? new RateBudget((int)requests, (int)BudgetPerSeconds!) : null,
            State = Enum.Parse<BackfillState>(State),
            Reason = Reason,
            Instance = Instance,
            CreatedAt = CreatedAt,
            UpdatedAt = UpdatedAt,
        };
    }

    private sealed record SliceRow
    {
        public required string BackfillId { get; init; }
        public required long Number { get; init; }
        public required string FirstDay { get; init; }
        public required string LastDay { get; init; }
        public required string Details { get; init; }
        public required string State { get; init; }
        public string? RunId { get; init; }
        public required long RowsWritten { get; init; }
        public string? Failure { get; init; }

        public static SliceRow From(string backfillId, BackfillSlice slice) => new()
        {
            BackfillId = backfillId,
            Number = slice.Number,
            FirstDay = DayRange.Text(slice.Range.First),
            LastDay = DayRange.Text(slice.Range.Last),
            Details = slice.Details.GetRawText(),
            State = slice.State.ToString(),
            RunId = slice.RunId,
            RowsWritten = slice.Rows,
            Failure = slice.Failure,
        };

        public BackfillSlice ToSlice() => new()
        {
            Number = (int)Number,
            Range = new DayRange(DayRange.Parse(FirstDay), DayRange.Parse(LastDay)),
            Details = JsonElement.Parse(Details),
            State = Enum.Parse<SliceState>(State),
            RunId = RunId,
            Rows = RowsWritten,
            Failure = Failure,
        };
    }
}
