using System.Globalization;

namespace ConnectorPlatform.Host.DataSets.Storage;

/// <summary>How a run differs from the runs before it, in a sentence, and what the DataSet's safeguards say to that.</summary>
internal sealed record Finding(string Message, SafeguardAction Action);

/// <summary>Compares a run with the runs before it.</summary>
internal static class SafeguardCheck
{
    /// <summary>Runs before these say nothing of what is usual now.</summary>
    public const int RunsCompared = 10;

    // A median of fewer is no habit yet.
    private const int FewestCompared = 3;

    /// <summary>What the columns tell.</summary>
    public static IEnumerable<Finding> OfColumns(Safeguards safeguards, IEnumerable<ColumnChange> changes) =>
        changes.Select(change => new Finding(change.ToString(), change.Kind switch
        {
            ColumnChangeKind.Added => safeguards.AddedColumns,
            ColumnChangeKind.Vanished => safeguards.VanishedColumns,
            _ => safeguards.RetypedColumns,
        }));

    /// <summary>What the number of rows tells.</summary>
    /// <param name="safeguards">The DataSet's.</param>
    /// <param name="rows">Rows of the whole run.</param>
    /// <param name="before">Rows of each of the last complete runs.</param>
    public static IEnumerable<Finding> OfRows(Safeguards safeguards, long rows, IReadOnlyList<long> before)
    {
        if (rows == 0)
        {
            yield return new Finding("The source delivered no rows.", safeguards.NoRows);
        }

        if (safeguards.MostOff is not { } most || before.Count < FewestCompared || Median(before) is not (> 0 and var median))
        {
            yield break;
        }

        var off = 100 * (rows - median) / median;
        if (Math.Abs(off) > most)
        {
            yield return new Finding(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The run brought {Counted.Of(rows, "row")}, {Math.Abs(off):0.#} % {(off > 0 ? "more" : "fewer")} than the median {median:0.#} of the last {Counted.Of(before.Count, "run")}; the DataSet allows {most:0.#} %."),
                safeguards.OffRows);
        }
    }

    private static double Median(IReadOnlyList<long> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2.0;
    }
}
