using System.Globalization;
using System.Text.Json;
using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Certification;

/// <summary>
/// A value of the replies and the one cell of a column that it decides, found by changing it: numbers, dates and truths come too often to be found by
/// being equal. What moves by the same difference is a sum.
/// </summary>
/// <param name="LeafIndex">Among the scalars of the reply.</param>
/// <param name="Recorded">The value as the samples have it.</param>
internal sealed record Trail(Column Column, int Row, int Ordinal, string Place, int LeafIndex, JsonElement Recorded)
{
    /// <summary>Two of each shape of path: the first value of a list is sometimes special.</summary>
    private const int PerPattern = 2;

    private const int MostProbes = 24;

    /// <summary>Whole, so that a column that rounds is followed as well.</summary>
    private const decimal NumberProbe = 4711;

    private const string DateProbe = "2004-03-02";

    /// <summary>Whether the cell is a sum of which the value is a part.</summary>
    public bool IsSum { get; init; }

    /// <summary>One for each column of the type whose value can be followed.</summary>
    public static async Task<IReadOnlyList<Trail>> FindAsync(Bench bench, SampleExample example, ColumnType type, CancellationToken cancellationToken)
    {
        var plain = await bench.PlainAsync(example, cancellationToken).ConfigureAwait(false);
        var columns = plain.Batches.SelectMany(batch => batch.Columns).Where(column => column.Type == type).Select(column => column.Name).ToHashSet(StringComparer.Ordinal);
        var found = new List<Trail>();
        foreach (var (place, leaf, value) in columns.Count == 0 ? [] : Candidates(bench, plain, type).Take(MostProbes))
        {
            if (columns.Count == found.Count)
            {
                break;
            }

            var probe = Probe(type, value);
            var reading = await bench.ReadAsync(bench.RequestFor(example) with { Alter = Leaves.Replacing(place, leaf, probe) }, cancellationToken).ConfigureAwait(false);
            if (reading.IsSuccess && reading.Count == plain.Count)
            {
                found.AddRange(Follow(plain, reading, type, new Trail(new Column("", type), 0, 0, place, leaf, value), probe).Where(trail => found.All(other => other.Column.Name != trail.Column.Name)).ToList());
            }
        }

        return found;
    }

    public object? Cell(Reading reading) => reading.Batches.SelectMany(batch => batch.Rows).ElementAt(Row)[Ordinal];

    /// <summary>A number, given as JSON, written as the recorded value is: some sources write amounts as texts.</summary>
    public string Written(string json) => Recorded.ValueKind == JsonValueKind.String && json != "null" && !json.StartsWith('"') ? $"\"{json}\"" : json;

    public static decimal? NumberOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetDecimal(out var number) => number,
        JsonValueKind.String when decimal.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };

    private static IEnumerable<(string Place, int Leaf, JsonElement Value)> Candidates(Bench bench, Reading plain, ColumnType type) =>
        bench.Exchanges
            .Where(exchange => plain.Replayed.Contains(exchange.Place))
            .SelectMany(exchange => Leaves.Of(exchange).Index().Select(leaf => (exchange, leaf.Index, leaf.Item.Pattern, Value: JsonElement.Parse(leaf.Item.Value.ToJsonString()))))
            .Where(leaf => IsOf(type, leaf.Value))
            .GroupBy(leaf => (leaf.exchange.Request.Key, leaf.Pattern))
            .SelectMany(leaves => leaves.Take(PerPattern))
            .Select(leaf => (leaf.exchange.Place, leaf.Index, leaf.Value));

    private static bool IsOf(ColumnType type, JsonElement value) => type switch
    {
        ColumnType.Boolean => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        ColumnType.Date => value.ValueKind == JsonValueKind.String && DateOnly.TryParseExact(value.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        _ => NumberOf(value) is not null,
    };

    private static string Probe(ColumnType type, JsonElement value) => type switch
    {
        ColumnType.Boolean => value.ValueKind == JsonValueKind.True ? "false" : "true",
        ColumnType.Date => $"\"{DateProbe}\"",
        _ => new Trail(new Column("", type), 0, 0, "", 0, value).Written(NumberProbe.ToString(CultureInfo.InvariantCulture)),
    };

    private static IEnumerable<Trail> Follow(Reading plain, Reading probed, ColumnType type, Trail start, string probe)
    {
        var rows = plain.Batches.SelectMany(batch => batch.Rows.Select(row => (batch.Columns, Row: row))).Zip(probed.Batches.SelectMany(batch => batch.Rows));
        var changed = rows.Index().SelectMany(row => row.Item.First.Columns.Index()
            .Where(column => column.Item.Type == type && !Equals(row.Item.First.Row[column.Index], row.Item.Second[column.Index]))
            .Select(column => start with { Column = column.Item, Row = row.Index, Ordinal = column.Index }));
        foreach (var trail in changed.GroupBy(trail => trail.Column.Name).Where(cells => cells.Count() == 1).Select(cells => cells.Single()))
        {
            var (before, after) = (trail.Cell(plain), trail.Cell(probed));
            if (Equals(after, ExactValue.Of(type, probe)))
            {
                yield return trail;
            }
            else if (ExactValue.NumberOf(after) - ExactValue.NumberOf(before) is { } difference && difference == NumberProbe - NumberOf(trail.Recorded))
            {
                yield return trail with { IsSum = true };
            }
        }
    }
}

/// <summary>What a column holds when a value arrives exactly.</summary>
internal static class ExactValue
{
    /// <param name="json">The value as the source writes it; a number may stand in a text.</param>
    public static object? Of(ColumnType type, string json)
    {
        var text = JsonElement.Parse(json) is { ValueKind: not JsonValueKind.Null } value ? value.ToString() : null;
        return (type, text) switch
        {
            (_, null) => null,
            (ColumnType.Integer, _) => long.Parse(text, CultureInfo.InvariantCulture),
            (ColumnType.Decimal, _) => decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
            (ColumnType.Double, _) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
            (ColumnType.Date, _) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture),
            _ => bool.Parse(text),
        };
    }

    /// <summary>An integer or a decimal of a column; null for anything else, which has no exact sums.</summary>
    public static decimal? NumberOf(object? cell) => cell switch
    {
        long whole => (decimal)whole,
        decimal number => number,
        _ => (decimal?)null,
    };

    /// <summary>Of doubles, the sign of zero counts as well.</summary>
    public static bool IsSame(object? one, object? other) =>
        one is double first && other is double second ? BitConverter.DoubleToInt64Bits(first) == BitConverter.DoubleToInt64Bits(second) : Equals(one, other);
}
