using System.Text;
using Order = ConnectorPlatform.Connectors.FaultyConnector.Order;

namespace ConnectorPlatform.Connectors;

/// <summary>What becomes of the orders of a page.</summary>
internal static class Records
{
    private static readonly Column[] Columns =
    [
        new("id", ColumnType.Integer) { IsKey = true }, new("note", ColumnType.String), new("big", ColumnType.Integer), new("amount", ColumnType.Decimal),
        new("day", ColumnType.Date), new("at", ColumnType.DateTime), new("paid", ColumnType.Boolean),
    ];

    public static IReadOnlyList<Order> Of(IReadOnlyList<Order> orders, ConnectorContext context, bool isResumed)
    {
        List<Order> altered = [.. orders.Select(order => Alter(order, context))];
        if (altered.Count == 0)
        {
            return altered;
        }

        if (Fault.Is("last-row-dropped"))
        {
            altered.RemoveAt(altered.Count - 1);
        }

        if (Fault.Is("resume-doubles") && isResumed)
        {
            altered.Insert(0, altered[0]);
        }

        if (Fault.Is("key-duplicate"))
        {
            altered[0] = altered[0] with { Id = 1 };
        }

        return altered;
    }

    public static RecordBatch Batch(ConnectorContext context, IReadOnlyList<Order> orders, int page, int checkpoint)
    {
        if (Fault.Is("key-null"))
        {
            return Rows(context, Columns, orders, checkpoint, (row, i) => row[0] = i == 0 ? null : row[0]);
        }

        if (Fault.Is("column-type") && page > 1)
        {
            return Rows(context, [.. Columns.Select(column => column.Name == "big" ? column with { Type = ColumnType.String } : column)], orders, checkpoint, (row, _) => row[2] = $"{row[2]}");
        }

        return Fault.Is("column-missing") && page > 1
            ? context.BatchOfRows(Columns[..^1], [.. orders.Select(order => Row(order)[..^1])], checkpoint)
            : context.Batch(orders, checkpoint);
    }

    private static RecordBatch Rows(ConnectorContext context, IReadOnlyList<Column> columns, IReadOnlyList<Order> orders, int checkpoint, Action<object?[], int> alter)
    {
        var rows = orders.Select(Row).ToList();
        foreach (var (index, row) in rows.Index())
        {
            alter(row, index);
        }

        return context.BatchOfRows(columns, rows, checkpoint);
    }

    private static object?[] Row(Order order) => [order.Id, order.Note, order.Big, order.Amount, order.Day, order.At, order.Paid];

    private static Order Alter(Order order, ConnectorContext context) => order switch
    {
        _ when Fault.Is("null-to-empty") => order with { Note = order.Note ?? "" },
        _ when Fault.Is("empty-to-null") => order with { Note = order.Note is "" ? null : order.Note },
        _ when Fault.Is("big-double") => order with { Big = (long)(double)order.Big },
        _ when Fault.Is("amount-double") => order with { Amount = (decimal)(double)order.Amount },
        _ when Fault.Is("emoji-split") => order with { Note = order.Note is { Length: > 7 } note ? note[..7] : order.Note },
        _ when Fault.Is("emoji-ascii") => order with { Note = order.Note is { } note ? Encoding.ASCII.GetString(Encoding.ASCII.GetBytes(note)) : null },
        _ when Fault.Is("day-shifted") => order with { Day = ShiftedToUtc(order.Day) },
        _ when Fault.Is("offset-lost") => order with { At = new DateTimeOffset(order.At.DateTime, TimeSpan.Zero) },
        _ when Fault.Is("paid-null-false") => order with { Paid = order.Paid ?? false },
        _ when Fault.Is("token-in-record") => order with { Note = Pages.TokenOf(context) },
        _ => order,
    };

    /// <summary>Midnight of the zone in which the author sits, as a date in UTC.</summary>
    private static DateOnly ShiftedToUtc(DateOnly day) =>
        DateOnly.FromDateTime(new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.FromHours(2)).UtcDateTime);
}
