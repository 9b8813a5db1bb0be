using System.Globalization;
using System.Text.Json;
using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.Schedules;

/// <summary>A line that says what became of a fire, or of several in a row that ended alike.</summary>
internal sealed record ScheduleLine
{
    public required string Id { get; init; }

    public required string DataSetId { get; init; }

    public string? ScheduleId { get; init; }

    /// <summary>The time that the schedule said; of several fires the first.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Of several fires the last.</summary>
    public required DateTimeOffset LastAt { get; init; }

    /// <summary>0 for what is no fire.</summary>
    public required long Fires { get; init; }

    public required DateTimeOffset LoggedAt { get; init; }

    public required FireEnd Outcome { get; init; }

    public string? RunId { get; init; }

    public required string Message { get; init; }
}

/// <summary>
/// The schedules' log, and how far each schedule is accounted for. Lines are collected and written together, since each write waits for the disk:
/// a host that dies loses at most what it wrote since the last <see cref="Flush"/>, and fires that again.
/// </summary>
internal sealed class ScheduleLog(MetadataDatabase database, TimeProvider time)
{
    private const string Columns = "id, dataset_id, schedule_id, at, last_at, fires, logged_at, outcome, run_id, message";

    private static readonly string Seen = Viewer.Sees("DataSet", "schedule_log.dataset_id");

    private readonly Lock _lock = new();
    private readonly Dictionary<string, ScheduleLine> _lastOmissions = [];
    private Dictionary<string, ScheduleLine> _lines = [];
    private Dictionary<string, DateTimeOffset> _marks = [];

    /// <summary>Adds a line, or puts it in the place of the one with its id.</summary>
    public void Write(ScheduleLine line)
    {
        lock (_lock)
        {
            _lines[line.Id] = line;
            if (line.ScheduleId is { } schedule)
            {
                _lastOmissions.Remove(schedule);
            }
        }
    }

    /// <summary>Tells of fires that did not run. Further ones that ended alike are counted in the same line.</summary>
    public void WriteOmitted(Schedule schedule, FireEnd end, DateTimeOffset first, DateTimeOffset last, long fires, string message)
    {
        lock (_lock)
        {
            var line = _lastOmissions.GetValueOrDefault(schedule.Id) is { } before && before.Outcome == end && before.Message == message
                ? before with { LastAt = last, Fires = before.Fires + fires, LoggedAt = time.GetUtcNow() }
                : new ScheduleLine
                {
                    Id = Identifier.New(),
                    DataSetId = schedule.DataSetId,
                    ScheduleId = schedule.Id,
                    At = first,
                    LastAt = last,
                    Fires = fires,
                    LoggedAt = time.GetUtcNow(),
                    Outcome = end,
                    Message = message,
                };
            _lines[line.Id] = line;
            _lastOmissions[schedule.Id] = line;
        }
    }

    /// <summary>Every fire of the schedule up to here has its line.</summary>
    public void Account(string scheduleId, DateTimeOffset to)
    {
        lock (_lock)
        {
            _marks[scheduleId] = to;
        }
    }

    /// <summary>Writes what has been collected.</summary>
    /// <exception cref="PlatformException">The store cannot be written; what was collected waits for the next time.</exception>
    public void Flush()
    {
        Dictionary<string, ScheduleLine> lines;
        Dictionary<string, DateTimeOffset> marks;
        lock (_lock)
        {
            (lines, marks, _lines, _marks) = (_lines, _marks, [], []);
        }

        try
        {
            // Lines first: what is lost in between is told twice rather than never.
            Insert(lines);
            Mark(marks);
        }
        catch (PlatformException)
        {
            lock (_lock)
            {
                foreach (var (id, line) in lines)
                {
                    _lines.TryAdd(id, line);
                }

                foreach (var (id, at) in marks)
                {
                    _marks.TryAdd(id, at);
                }
            }

            throw;
        }
    }

    /// <summary>The newest lines, of one DataSet or of all, newest first.</summary>
    public IReadOnlyList<ScheduleLine> Read(string? dataSetId, int limit) =>
        [.. database.Query<Row>(
            $"SELECT {Columns} FROM schedule_log WHERE (@dataSetId IS NULL OR dataset_id = @dataSetId) AND {Seen} ORDER BY logged_at DESC, id DESC LIMIT @limit",
            new { dataSetId, limit, viewer = Viewer.Filter }).Select(row => row.ToLine())];

    /// <summary>Ends what a host that died left open.</summary>
    public void Interrupt(string message) => database.Execute(
        "UPDATE schedule_log SET outcome = 'Interrupted', message = @message WHERE outcome IN ('Started', 'Waiting')", new { message });

    /// <summary>Takes away the lines that are too old, and the oldest of DataSets that have too many.</summary>
    public int Sweep(ScheduleOptions options) =>
        database.Execute("DELETE FROM schedule_log WHERE logged_at < @oldest", new { oldest = time.GetUtcNow().AddDays(-options.KeepLogDays) })
        + database.Execute(
            "DELETE FROM schedule_log WHERE id IN (SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY dataset_id ORDER BY logged_at DESC, id DESC) AS place FROM schedule_log) WHERE place > @most)",
            new { most = options.KeepLogLines });

    private void Insert(Dictionary<string, ScheduleLine> lines)
    {
        if (lines.Count == 0)
        {
            return;
        }

        database.Execute(
            $"INSERT INTO schedule_log ({Columns}) SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8, value ->> 9 " +
            "FROM json_each(@lines) WHERE value ->> 1 IN (SELECT id FROM datasets) " +
            "ON CONFLICT (id) DO UPDATE SET last_at = excluded.last_at, fires = excluded.fires, logged_at = excluded.logged_at, outcome = excluded.outcome, run_id = excluded.run_id, message = excluded.message",
            new
            {
                lines = JsonSerializer.Serialize(lines.Values.Select(line => new object?[]
                {
                    line.Id, line.DataSetId, line.ScheduleId, Text(line.At), Text(line.LastAt), line.Fires, Text(line.LoggedAt), line.Outcome.ToString(), line.RunId, line.Message,
                })),
            });
    }

    private void Mark(Dictionary<string, DateTimeOffset> marks)
    {
        if (marks.Count > 0)
        {
            database.Execute(
                "UPDATE schedules SET accounted_to = mark.value ->> 1 FROM json_each(@marks) AS mark WHERE schedules.id = mark.value ->> 0",
                new { marks = JsonSerializer.Serialize(marks.Select(mark => new[] { mark.Key, Text(mark.Value) })) });
        }
    }

    /// <summary>As the metadata store writes instants.</summary>
    private static string Text(DateTimeOffset instant) => instant.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);

    private sealed record Row
    {
        public required string Id { get; init; }
        public required string DatasetId { get; init; }
        public string? ScheduleId { get; init; }
        public required DateTimeOffset At { get; init; }
        public required DateTimeOffset LastAt { get; init; }
        public required long Fires { get; init; }
        public required DateTimeOffset LoggedAt { get; init; }
        public required string Outcome { get; init; }
        public string? RunId { get; init; }
        public required string Message { get; init; }

        public ScheduleLine ToLine() => new()
        {
            Id = Id,
            DataSetId = DatasetId,
            ScheduleId = ScheduleId,
            At = At,
            LastAt = LastAt,
            Fires = Fires,
            LoggedAt = LoggedAt,
            Outcome = Enum.Parse<FireEnd>(Outcome),
            RunId = RunId,
            Message = Message,
        };
    }
}
