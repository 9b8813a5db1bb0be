namespace ConnectorPlatform.Connectors.Bitly.Reports;

/// <summary>
/// A report's rows. Its columns follow from the details: the subject, the date unless all units are rolled up into one, the
/// report's own columns, and how was counted.
/// </summary>
internal sealed class Table(ReportRun run, Subject subject, bool byDate, params IEnumerable<Column> own)
{
    private readonly Column[] _columns =
    [
        subject.Column,
        .. byDate ? [new Column("date", ColumnType.DateTime) { IsKey = true, Description = "Start of the unit of time, in the time zone of the row." }] : Array.Empty<Column>(),
        .. own,
        new("unit", ColumnType.String) { Description = "The unit of time: minute, hour, day, week or month." },
        new("units", ColumnType.Integer) { Description = "How many units up to the reference are covered; -1 means all that Bitly keeps." },
        new("unit_reference", ColumnType.DateTime) { Description = "The instant from which the units count back." },
        new("time_zone", ColumnType.String) { Description = "The time zone in which days, weeks and months begin." },
    ];

    private readonly List<object?[]> _rows = [];

    /// <summary>What was asked for.</summary>
    public Window Window { get; init; } = run.Window;

    /// <param name="slice">What was asked.</param>
    /// <param name="reply">What was answered.</param>
    /// <param name="date">Left out when all units are rolled up.</param>
    /// <param name="values">One for each of the report's own columns.</param>
    public void Add(Slice slice, Echo reply, DateTimeOffset? date, params ReadOnlySpan<object?> values) => _rows.Add(
    [
        subject.Id,
        .. byDate ? [date] : Array.Empty<object?>(),
        .. values,
        Window.NameOf(Window.Unit),
        slice.Date is null ? Window.Covered(reply) : slice.Units,
        reply.UnitReference ?? slice.Reference ?? Window.Now,
        Window.Zone.Name,
    ]);

    /// <param name="checkpoint">See <see cref="RecordBatch.Checkpoint"/>.</param>
    public RecordBatch ToBatch(object? checkpoint = null) => run.Context.BatchOfRows(_columns, _rows, checkpoint);
}
