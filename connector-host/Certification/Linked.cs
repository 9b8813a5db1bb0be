using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Certification;

/// <summary>A value that stands once in an example's replies and once in its records: whoever changes the one must find the other changed.</summary>
internal sealed record Linked(Column Column, int Row, int Ordinal, string Place, int LeafIndex)
{
    // Two for each column: the first value of a list is sometimes special.
    private const int PerColumn = 2;

    private const int MostProbes = 12;
    private const int LongestShown = 60;
    private const string Probe = "a text that stands nowhere else 4711";

    // In winter, and to the second, so that an instant which was cut to a day or an hour is not taken for a zone's.
    private static readonly DateTime InstantProbe = new(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc);

    /// <summary>How much later the probe arrived, where the value is an instant that the connector means to move.</summary>
    public TimeSpan Shift { get; init; }

    /// <summary>The values that can be followed; of texts that come more than once, those that a probe finds.</summary>
    public static async Task<IReadOnlyList<Linked>> FindAsync(Bench bench, SampleExample example, CancellationToken cancellationToken)
    {
        var plain = await bench.PlainAsync(example, cancellationToken).ConfigureAwait(false);
        var found = Find(bench, example, plain).ToList();
        foreach (var (place, leaf, isInstant) in Texts(bench, plain).Take(MostProbes))
        {
            var probe = new Linked(new Column("", ColumnType.String), 0, 0, place, leaf);
            var reading = await bench.ReadAsync(bench.RequestFor(example) with { Alter = probe.With($"\"{(isInstant ? InstantProbe.ToString("O") : Probe)}\"") }, cancellationToken).ConfigureAwait(false);
            var cells = reading.Batches.SelectMany(batch => batch.Rows.Select(row => (batch.Columns, row))).Index()
                .SelectMany(row => row.Item.Columns.Index().Where(column => IsProbe(row.Item.row[column.Index])).Select(column => (Row: row.Index, column.Index, column.Item, Value: row.Item.row[column.Index])))
                .ToList();
            if (reading.IsSuccess && reading.Count == plain.Count && cells is [var cell] && found.All(link => link.Column.Name != cell.Item.Name))
            {
                found.Add(probe with { Column = cell.Item, Row = cell.Row, Ordinal = cell.Index, Shift = cell.Value is DateTime instant ? instant - InstantProbe : default });
            }
        }

        return found;
    }

    /// <summary>The first text of each shape of path in the replies that were asked for.</summary>
    private static IEnumerable<(string Place, int Leaf, bool IsInstant)> Texts(Bench bench, Reading plain) =>
        bench.Exchanges
            .Where(exchange => plain.Replayed.Contains(exchange.Place))
            .SelectMany(exchange => Leaves.Of(exchange).Index().Select(leaf => (exchange, leaf)))
            .Where(entry => entry.leaf.Item.Value.GetValueKind() == JsonValueKind.String && entry.leaf.Item.Pattern.Contains('*', StringComparison.Ordinal))
            .DistinctBy(entry => (entry.exchange.Request.Key, entry.leaf.Item.Pattern))
            .Select(entry => (entry.exchange.Place, entry.leaf.Index, TextOf(entry.leaf.Item.Value) != entry.leaf.Item.Value.ToString()));

    private static bool IsProbe(object? value) => value is DateTime instant ? (instant - InstantProbe).Duration() <= TimeSpan.FromDays(1) : Equals(value, Probe);

    private static List<Linked> Find(Bench bench, SampleExample example, Reading plain)
    {
        var leaves = bench.Exchanges
            .Where(exchange => plain.Replayed.Contains(exchange.Place))
            .SelectMany(exchange => Leaves.Of(exchange).Index().Select(leaf => (exchange.Place, leaf.Index, leaf.Item)))
            .ToLookup(leaf => TextOf(leaf.Item.Value), StringComparer.Ordinal);
        var details = Leaves.Of(JsonNode.Parse(example.Details.GetRawText())).Select(leaf => TextOf(leaf.Value)).ToHashSet(StringComparer.Ordinal);
        var rows = plain.Batches.SelectMany(batch => batch.Rows.Select(row => (batch.Columns, Row: row))).ToList();
        var cells = rows.Index().SelectMany(row => row.Item.Row.Index().Select(cell => (Row: row.Index, Ordinal: cell.Index, Column: row.Item.Columns[cell.Index], Text: TextOf(cell.Item)))).ToList();
        var counts = cells.Where(cell => cell.Text is not null).CountBy(cell => cell.Text!).ToDictionary(StringComparer.Ordinal);
        return
        [
            .. cells.Where(cell => cell.Text is { Length: > 0 } text && counts[text] == 1 && !details.Contains(text) && leaves[text].Take(2).Count() == 1)
                .GroupBy(cell => cell.Column.Name)
                .SelectMany(column => column.OrderByDescending(cell => cell.Text!.Length).Take(PerColumn))
                .Select(cell => (cell, leaf: leaves[cell.Text!].Single()))
                .Select(pair => new Linked(pair.cell.Column, pair.cell.Row, pair.cell.Ordinal, pair.leaf.Place, pair.leaf.Index)),
        ];
    }

    /// <summary>Puts a value, given as JSON, in the place of the recorded one.</summary>
    public Func<SampleExchange, string, string> With(string json) => Leaves.Replacing(Place, LeafIndex, json);

    /// <summary>What is wrong with a reading of the changed replies; null when the value arrived, or the connector refused it in words, or its records are others now.</summary>
    public string? Objection(Reading reading, Reading plain, string json)
    {
        if (reading.IsCrash || reading.IsEndless)
        {
            return $"with {json.Shortened(LongestShown)} the reading {reading.Outcome}: expect any value that JSON can hold there, and refuse in words what you cannot use.";
        }

        if (!reading.IsSuccess || reading.Count != plain.Count)
        {
            return null;
        }

        var cell = Cell(reading);
        if (Shift != default)
        {
            // An instant that is moved on purpose moves as far in summer as in winter, unless a local time has crept in.
            return cell is DateTime arrivedAt && (arrivedAt - JsonElement.Parse(json).GetDateTimeOffset().UtcDateTime - Shift).Duration() == TimeSpan.FromHours(1)
                ? $"{json} arrives as {arrivedAt:O}, an hour off from other instants: a local time has crept in; use DateTimeOffset throughout."
                : null;
        }

        var (arrived, wanted) = (TextOf(cell), TextOf(Column.Type, json));
        return arrived == wanted || arrived == TextOf(Cell(plain)) ? null : $"{json.Shortened(LongestShown)} arrives as {(arrived is null ? "null" : JsonSerializer.Serialize(arrived).Shortened(LongestShown))}: hand values on as they are.";
    }

    private object? Cell(Reading reading) => reading.Batches.SelectMany(batch => batch.Rows).ElementAt(Row)[Ordinal];

    private static string? TextOf(ColumnType type, string json)
    {
        var value = JsonElement.Parse(json);
        return type switch
        {
            _ when value.ValueKind == JsonValueKind.Null => null,
            ColumnType.DateTime => TextOf(value.GetDateTimeOffset().UtcDateTime),
            _ => value.ToString(),
        };
    }

    private static string? TextOf(object? value) => value switch
    {
        null => null,
        DateTime instant => instant.ToString("O", CultureInfo.InvariantCulture),
        JsonValue leaf => TextOf(leaf),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };

    // Instants are written in many ways; they are compared as the platform holds them.
    private static string TextOf(JsonValue leaf)
    {
        var text = leaf.ToString();
        return leaf.GetValueKind() == JsonValueKind.String && text.Length >= 16 && text.Contains('T', StringComparison.Ordinal)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
            ? TextOf((object)instant.UtcDateTime)!
            : text;
    }
}
