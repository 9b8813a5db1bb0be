using System.Globalization;
using System.Text.Json;

namespace ConnectorPlatform.Host.Certification;

/// <summary>Numbers, dates and truths arrive exactly, and whatever the machine's zone.</summary>
internal static class ValueLaws
{
    /// <summary>New York is behind UTC; this is as far ahead of it as a zone can be.</summary>
    private const string OtherZone = "Pacific/Kiritimati";

    /// <summary>2^53 + 1 is the first integer that a double cannot hold.</summary>
    private static readonly string[] Integers = ["9007199254740993", "-9007199254740995", "null"];

    /// <summary>Digits that a double cannot hold before and after the point, the longest numbers, zero with a sign, and an exponent.</summary>
    private static readonly string[] Decimals =
        ["0.30000000000000004", "-0.01", "12345678901234567.891", "1234567890123456789012345678", "0.0000000000000000000000000001", "-0.0", "1.5e3", "null"];

    /// <summary>As decimals; and the largest and the smallest.</summary>
    private static readonly string[] Doubles = ["0.30000000000000004", "-123456789.12345679", "1.7976931348623157E+308", "5E-324", "-0.0", "null"];

    /// <summary>The ends of the calendar, leap days, the day before computers began to count, and days with a change to or from summer time.</summary>
    private static readonly string[] Dates = ["0001-01-01", "9999-12-31", "2028-02-29", "2000-02-29", "1969-12-31", "2026-03-08", "2026-11-01"];

    /// <summary>A double that holds the sum drops the cents…</summary>
    private const decimal Addend = 90_071_992_547_409.93m;

    /// <summary>…or the last digit.</summary>
    private const decimal WholeAddend = 9_007_199_254_740_993m;

    public static IEnumerable<Law> For(Bench bench) =>
    [
        Following(bench, "records.integers", "Integers above 2^53 are exact, and so are sums of them.", ColumnType.Integer, Integers),
        Following(bench, "records.decimals", "Decimals are exact to their last digit, and so are sums of them.", ColumnType.Decimal, Decimals),
        Following(bench, "records.doubles", "Doubles are exact, from the smallest to the largest, zero with its sign.", ColumnType.Double, Doubles),
        Following(bench, "records.dates", "Dates stay on their day, at the ends of the calendar and on leap days as well.", ColumnType.Date, [.. Dates.Select(date => $"\"{date}\""), "null"]),
        Following(bench, "records.booleans", "True, false and null are told apart.", ColumnType.Boolean, ["true", "false", "null"]),
        new("records.zone", CertificateLevel.Silver, "The records are the same on a machine in another time zone.", token => ZoneAsync(bench, token)),
    ];

    private static Law Following(Bench bench, string id, string what, ColumnType type, IReadOnlyList<string> values) =>
        new(id, CertificateLevel.Silver, what, async token =>
        {
            var (problems, asked) = (new List<string>(), 0);
            foreach (var example in bench.Examples)
            {
                foreach (var trail in await Trail.FindAsync(bench, example, type, token).ConfigureAwait(false))
                {
                    asked++;
                    var plain = await bench.PlainAsync(example, token).ConfigureAwait(false);
                    foreach (var value in trail.IsSum ? [Sum(trail)] : values.Where(value => !trail.Column.IsKey || value != "null"))
                    {
                        var request = bench.RequestFor(example) with { Alter = Leaves.Replacing(trail.Place, trail.LeafIndex, trail.Written(value)) };
                        if (Objection(trail, await bench.ReadAsync(request, token).ConfigureAwait(false), plain, value) is { } objection)
                        {
                            problems.Add($"The column {trail.Column.Name} of \"{example.Name}\": {objection}");
                        }
                    }
                }
            }

            return asked == 0 ? Finding.NotApplicable($"No value of type {type} goes from the samples' replies to a record, so none could be followed.") : Finding.Of(problems);
        });

    private static decimal AddendOf(Trail trail) => trail.Column.Type == ColumnType.Integer ? WholeAddend : Addend;

    private static string Sum(Trail trail) => (Trail.NumberOf(trail.Recorded)!.Value + AddendOf(trail)).ToString(CultureInfo.InvariantCulture);

    /// <summary>Null when the value arrived, or the connector refused it in words, or its records are others now.</summary>
    private static string? Objection(Trail trail, Reading reading, Reading plain, string value)
    {
        if (reading.IsCrash || reading.IsEndless)
        {
            return $"with {value} the reading {reading.Outcome}: expect any value that JSON can hold there, and refuse in words what you cannot use.";
        }

        if (!reading.IsSuccess || reading.Count != plain.Count)
        {
            return null;
        }

        object? Comparable(object? cell) => trail.IsSum ? ExactValue.NumberOf(cell) : cell;
        int CountOf(Reading read, object? value) => read.Batches.SelectMany(batch => batch.Rows).Count(row => ExactValue.IsSame(Comparable(row[trail.Ordinal]), value));
        var arrived = Comparable(trail.Cell(reading));
        object? wanted = trail.IsSum ? ExactValue.NumberOf(trail.Cell(plain)) + AddendOf(trail) : ExactValue.Of(trail.Column.Type, value);

        // A reading that sorts its records delivers the value in another row.
        return ExactValue.IsSame(arrived, wanted) || CountOf(reading, wanted) > CountOf(plain, wanted) ? null
            : trail.IsSum ? $"a sum of which {value} is a part is {Words(arrived)} in the place of {Words(wanted)}: add with long or decimal, not with double."
            : $"{value} arrives as {Words(arrived)}: hand values on as they are, amounts as decimal and missing ones as null.";
    }

    private static async Task<Finding> ZoneAsync(Bench bench, CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        using var elsewhere = bench.Anew(OtherZone);
        foreach (var example in bench.Examples)
        {
            var (here, there) = (await bench.PlainAsync(example, cancellationToken).ConfigureAwait(false), await elsewhere.PlainAsync(example, cancellationToken).ConfigureAwait(false));
            if (!here.IsSameAs(there))
            {
                var difference = here.Rows.Zip(there.Rows).FirstOrDefault(pair => pair.First != pair.Second);
                problems.Add($"The example \"{example.Name}\" depends on the zone of the machine: {(difference.First is null ? $"it {here.Outcome} in one and {there.Outcome} in another" : $"one delivers {difference.First}, another {difference.Second}")}; use UTC, or a zone of the details.");
            }
        }

        return Finding.Of(problems);
    }

    private static string Words(object? value) => value is null ? "null" : JsonSerializer.Serialize(value);
}
