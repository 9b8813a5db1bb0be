using System.Globalization;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.DataSets.Storage;

namespace ConnectorPlatform.Tests.DataSets;

/// <summary>A row of the store's laws.</summary>
/// <param name="Id">The key of Upsert.</param>
/// <param name="Part">The partition of Partition.</param>
/// <param name="Text">Begins with the number of the run that brought it.</param>
internal sealed record LawRow(long Id, long Part, string Text);

/// <summary>What runs bring and what a DataSet must hold after them, told by lists alone.</summary>
internal static class LawRows
{
    public const int Count = 1_000;

    private const int RowsOfPart = 250;

    public static DataSetRules Rules { get; } = new() { Key = ["id"], Partition = new PartitionRule("part", PartitionUnit.Value), UndoRuns = 20 };

    /// <summary>Every update method, and the undo of a run by it.</summary>
    public static TheoryData<string, bool> Changes
    {
        get
        {
            var changes = new TheoryData<string, bool>();
            foreach (var method in Enum.GetNames<UpdateMethod>())
            {
                changes.Add(method, false);
                changes.Add(method, true);
            }

            return changes;
        }
    }

    /// <summary>The records of one run: some have keys and partitions of the run before, some new ones.</summary>
    public static LawRow[] Of(int run, int count = Count) =>
        [.. Enumerable.Range(run * 300, count).Select(id => new LawRow(id, id / RowsOfPart, run.ToString(CultureInfo.InvariantCulture)))];

    /// <summary>As <see cref="Of"/>, with texts that no compression makes smaller.</summary>
    public static LawRow[] Wide(int run, int count, int bytes)
    {
        var random = new Random(run);
        var noise = new byte[bytes];
        return [.. Of(run, count).Select(row =>
        {
            random.NextBytes(noise);
            return row with { Text = $"{row.Text} {Convert.ToHexString(noise)}" };
        })];
    }

    public static IReadOnlyList<LawRow> After(UpdateMethod method, IReadOnlyList<LawRow> rows, IReadOnlyList<LawRow> records) => method switch
    {
        UpdateMethod.Replace => records,
        UpdateMethod.Append => [.. rows, .. records],
        UpdateMethod.Upsert => [.. rows.ExceptBy(records.Select(row => row.Id), row => row.Id), .. records],
        UpdateMethod.Partition => [.. rows.Where(row => !records.Select(record => record.Part).Contains(row.Part)), .. records],
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, null),
    };

    /// <summary>Rows in short: of each run how many, and the sum of their ids.</summary>
    public static string Print(IEnumerable<LawRow> rows) => string.Join(
        "; ",
        rows.GroupBy(row => row.Text.Split(' ')[0]).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => string.Create(CultureInfo.InvariantCulture, $"run {group.Key}: {group.Count()} rows, ids {group.Sum(row => row.Id)}")));

    /// <summary>What a reader sees, as <see cref="Print(IEnumerable{LawRow})"/> tells it.</summary>
    public static string Print(DataSetReader reader)
    {
        var page = reader.Page(0, int.MaxValue);
        Assert.Equal(page.Rows.Count, page.Total);
        return Print(page.Rows.Select(row => new LawRow((long)row[0]!, (long)row[1]!, (string)row[2]!)));
    }
}
