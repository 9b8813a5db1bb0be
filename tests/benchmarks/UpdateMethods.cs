using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using System.Globalization;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.DataSets.Storage;

namespace ConnectorPlatform.Benchmarks;

/// <summary>Upsert and Partition into a year of rows, beside SQL that somebody would write by hand on the same store. What the platform does more: it keeps what it replaces, for an undo.</summary>
internal static class UpdateMethods
{
    private const int Rows = 1_000_000;
    private const int Days = 365;
    private const int Changed = 100_000;
    private const int BatchRows = 1_000;

    private static readonly DateOnly FirstDay = new(2026, 1, 1);
    private static readonly ConnectorContext Context = new() { Http = new HttpClient() };

    private sealed record Sale([property: Key] long Id, string Product, string City, decimal Price, double Weight, bool IsPaid, DateOnly Day, DateTimeOffset SoldAt, long? Rating);

    public static string Measure(string folder, int repetitions)
    {
        var year = Path.Combine(folder, "year.duckdb");
        using (var file = Open(year))
        {
            Write(file, 1, UpdateMethod.Replace, Numbers(0, Rows));
        }

        // Half of them are there already.
        var upserted = Numbers(Rows - (Changed / 2), Changed).ToList();
        var day = Numbers(0, Rows).Where(number => DayOf(number) == FirstDay.AddDays(100)).ToList();
        List<double> upsert = [], upsertByHand = [], partition = [], partitionByHand = [];
        for (var i = 0; i < repetitions; i++)
        {
            upsertByHand.Add(OnCopy(year, file => ByHand(file, upserted, "DELETE FROM rows WHERE id IN (SELECT id FROM staging)")));
            upsert.Add(OnCopy(year, file => Write(file, 2, UpdateMethod.Upsert, upserted)));
            partitionByHand.Add(OnCopy(year, file => ByHand(file, day, "DELETE FROM rows WHERE day IN (SELECT DISTINCT day FROM staging)")));
            partition.Add(OnCopy(year, file => Write(file, 2, UpdateMethod.Partition, day)));
        }

        return $"""
            | | by hand, ms | platform, ms | by hand / platform |
            |---|---:|---:|---:|
            | Upsert of {Changed:N0} rows into {Rows:N0}, half of them new | {Of(upsertByHand)} | {Of(upsert)} | {Ratio(upsertByHand, upsert)} |
            | Partition: one day of a year of {Rows:N0} rows | {Of(partitionByHand)} | {Of(partition)} | {Ratio(partitionByHand, partition)} |
            """;
    }

    private static DataSetFile Open(string path) => DataSetFile.Open(path, new DataSetStoreOptions().MemoryMegabytes);

    // Day after day, as they come.
    private static DateOnly DayOf(long number) => FirstDay.AddDays((int)(number * Days / Rows));

    private static IEnumerable<long> Numbers(int first, int count) => Enumerable.Range(first, count).Select(number => (long)number);

    private static double OnCopy(string year, Action<DataSetFile> work)
    {
        var copy = year + ".copy";
        File.Copy(year, copy, overwrite: true);
        File.Delete(copy + ".wal");
        using var file = Open(copy);
        var start = Stopwatch.GetTimestamp();
        work(file);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static void Write(DataSetFile file, long fence, UpdateMethod method, IEnumerable<long> numbers)
    {
        using var writer = new DataSetWriter(file, new WriterOptions
        {
            RunId = $"run-{fence}",
            Fence = fence,
            UpdateMethod = method,
            Rules = new DataSetRules { Partition = new PartitionRule("day", PartitionUnit.Day) },
            IsFirstAttempt = true,
            Time = TimeProvider.System,
        });
        foreach (var batch in Batches(numbers))
        {
            writer.Append(batch);
        }

        writer.Commit(isFinal: true);
    }

    private static void ByHand(DataSetFile file, List<long> numbers, string delete)
    {
        using var connection = file.Connect();
        using var transaction = connection.BeginTransaction();
        using var staging = new Staging(connection, "staging", new RowOrigin("run-2", TimeProvider.System.GetUtcNow().UtcDateTime));
        foreach (var batch in Batches(numbers))
        {
            staging.Append(batch);
        }

        staging.Flush();
        file.ReserveForSearch(numbers.Count);
        connection.Run(delete);
        connection.Run("INSERT INTO rows SELECT * FROM staging");
        connection.Run("DROP TABLE staging");
        transaction.Commit();
    }

    private static IEnumerable<RecordBatch> Batches(IEnumerable<long> numbers) =>
        numbers.Chunk(BatchRows).Select(chunk => Context.Batch(Array.ConvertAll(chunk, number => new Sale(
            number,
            $"Product {number % 1000}",
            $"City {number % 300}",
            number / 100m,
            number / 7.0,
            number % 3 == 0,
            DayOf(number),
            DateTimeOffset.UnixEpoch.AddSeconds(number),
            number % 10 == 0 ? null : number % 5))));

    private static string Of(List<double> milliseconds) => Median.Of(milliseconds).ToString("0", CultureInfo.InvariantCulture);

    private static string Ratio(List<double> these, List<double> those)
    {
        var ratios = these.Zip(those, (one, other) => one / other).ToList();
        return string.Create(CultureInfo.InvariantCulture, $"{Median.Of(ratios):0.00} ({ratios.Min():0.00} to {ratios.Max():0.00})");
    }
}
