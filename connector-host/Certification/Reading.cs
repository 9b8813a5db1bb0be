using System.Text.Json;
using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Certification;

/// <summary>A batch as the host received it.</summary>
internal sealed record ReadBatch(IReadOnlyList<Column> Columns, IReadOnlyList<object?[]> Rows, JsonElement? Checkpoint)
{
    public static ReadBatch Of(RecordBatch batch)
    {
        var rows = Enumerable.Range(0, batch.Count).Select(_ => new object?[batch.Columns.Count]).ToList();
        foreach (var (ordinal, column) in batch.Columns.Index())
        {
            Copy(batch, ordinal, column.Type, rows);
        }

        return new(batch.Columns, rows, batch.Checkpoint);
    }

    private static void Copy(RecordBatch batch, int ordinal, ColumnType type, List<object?[]> rows)
    {
        switch (type)
        {
            case ColumnType.Integer:
                Copy<long?>(batch, ordinal, rows);
                break;
            case ColumnType.Double:
                Copy<double?>(batch, ordinal, rows);
                break;
            case ColumnType.Decimal:
                Copy<decimal?>(batch, ordinal, rows);
                break;
            case ColumnType.Boolean:
                Copy<bool?>(batch, ordinal, rows);
                break;
            case ColumnType.Date:
                Copy<DateOnly?>(batch, ordinal, rows);
                break;
            case ColumnType.DateTime:
                Copy<DateTime?>(batch, ordinal, rows);
                break;
            default:
                Copy<string?>(batch, ordinal, rows);
                break;
        }
    }

    private static void Copy<T>(RecordBatch batch, int ordinal, List<object?[]> rows)
    {
        var values = new T[batch.Count];
        batch.CopyColumn<T>(ordinal, values);
        for (var i = 0; i < values.Length; i++)
        {
            rows[i][ordinal] = values[i];
        }
    }
}

/// <summary>What one reading of a connector came to.</summary>
internal sealed record Reading
{
    public required IReadOnlyList<ReadBatch> Batches { get; init; }

    /// <summary>Null when it ended well.</summary>
    public Failure? Failure { get; init; }

    /// <summary>The exception's text, for secrets to be looked for in it.</summary>
    public string Particulars { get; init; } = "";

    /// <summary>Whether it had to be broken off, since it went on for longer, or asked for more, than any reading of samples does.</summary>
    public bool IsEndless { get; init; }

    /// <summary>What the connector told of itself.</summary>
    public IReadOnlyList<string> Lines { get; init; } = [];

    /// <summary>The requests as the source saw them.</summary>
    public IReadOnlyList<SeenRequest> Requests { get; init; } = [];

    /// <summary>The places of the recorded exchanges that answered them.</summary>
    public IReadOnlySet<string> Replayed { get; init; } = new HashSet<string>();

    /// <summary>Requests for which the samples have no reply.</summary>
    public int Unanswered { get; init; }

    /// <summary>How long it took to end after it was cancelled; zero when it was not.</summary>
    public TimeSpan EndedWithin { get; init; }

    public int Count => Batches.Sum(batch => batch.Rows.Count);

    public bool IsSuccess => Failure is null && !IsEndless;

    /// <summary>Whether the connector's own code broke instead of saying in words what is wrong.</summary>
    public bool IsCrash => Failure?.Message.StartsWith("The connector failed with ", StringComparison.Ordinal) == true;

    public string Outcome => IsEndless ? "did not end" : Failure is { } failure ? $"failed ({failure.Kind}: {failure.Message})" : $"succeeded with {Counted.Of(Count, "row")}";

    /// <summary>The rows as texts, to be compared; each value with its column, so that a missing column is told from an empty one.</summary>
    public IReadOnlyList<string> Rows => [.. Batches.SelectMany(RowsOf)];

    public static IEnumerable<string> RowsOf(ReadBatch batch) =>
        batch.Rows.Select(row => JsonSerializer.Serialize(row.Select((value, ordinal) => $"{batch.Columns[ordinal].Name}={(value is null ? "∅" : JsonSerializer.Serialize(value))}")));

    public bool IsSameAs(Reading other) => Outcome == other.Outcome && Rows.SequenceEqual(other.Rows, StringComparer.Ordinal);
}

/// <summary>A request as the source saw it.</summary>
internal sealed record SeenRequest(string Method, string Address, string Headers, string Body);

/// <summary>What a reading is asked for.</summary>
internal sealed record ReadingRequest
{
    /// <summary>Far more than samples need; a connector that asks on is in a circle.</summary>
    public const int MostRequests = 2_000;

    public required JsonElement Details { get; init; }

    public required JsonElement Credentials { get; init; }

    public JsonElement? State { get; init; }

    /// <summary>Comes between the tape and the connector; null for the plain tape.</summary>
    public Func<SourceTurn, Task<bool>>? Interfere { get; init; }

    /// <summary>Alters replies' texts; null for the plain tape.</summary>
    public Func<SampleExchange, string, string>? Alter { get; init; }

    /// <summary>Takes each batch instead of keeping them.</summary>
    public Action<ReadBatch>? Visit { get; init; }

    /// <summary>Cancelled to cancel the reading.</summary>
    public CancellationToken Cancel { get; init; }

    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(20);

    public int RequestLimit { get; init; } = MostRequests;
}
