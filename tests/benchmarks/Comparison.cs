using System.CommandLine;
using System.Globalization;

namespace ConnectorPlatform.Benchmarks;

/// <summary>Measures the hand-written loop and the platform in turn, several times, and prints the medians as a table.</summary>
internal static class Comparison
{
    private const int OneRowRuns = 300;

    public static Task<int> RunAsync(string[] arguments)
    {
        var rows = new Option<int>("--rows") { Description = "Rows of the large runs, a multiple of 10,000.", DefaultValueFactory = _ => 1_000_000 };
        var repetitions = new Option<int>("--repetitions") { Description = "How often everything is measured.", DefaultValueFactory = _ => 5 };
        var command = new RootCommand("Compares the platform's full path with a hand-written loop.") { rows, repetitions };
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(rows), parsed.GetValue(repetitions)));
        return command.Parse(arguments).InvokeAsync();
    }

    private static async Task<int> RunAsync(int rows, int repetitions)
    {
        var (server, address) = await ChildProcess.ServeAsync(rows);
        using var serving = server;
        List<Measurement> handWritten = [], inProcess = [], workers = [], small = [];
        for (var i = 0; i < repetitions; i++)
        {
            handWritten.Add(await LoadAsync("hand-written", address, rows));
            inProcess.Add(await LoadAsync("InProcess", address, rows));
            workers.Add(await LoadAsync("Workers", address, rows));
            small.Add(await LoadAsync("Workers", address, rows / 10));
            Console.Error.WriteLine($"{i + 1}/{repetitions}: {handWritten[^1].RowsPerSecond:N0}, {inProcess[^1].RowsPerSecond:N0} and {workers[^1].RowsPerSecond:N0} rows/s");
        }

        var overhead = await ChildProcess.MeasureAsync("one-row-InProcess", address, OneRowRuns);
        var overheadWithWorkers = await ChildProcess.MeasureAsync("one-row-Workers", address, OneRowRuns);
        Print(handWritten, inProcess, workers);
        Console.WriteLine($"""

            | | in process | workers |
            |---|---:|---:|
            | peak memory with {Format(small[0].Rows, "N0")} rows, MB: host and worker | | {Of(small, m => m.PeakMegabytes, "0")} + {Of(small, m => m.WorkerMegabytes, "0")} |
            | peak memory of {Format(rows, "N0")} / {Format(small[0].Rows, "N0")} rows | | {Format(Median.Of(workers.Select(Whole)) / Median.Of(small.Select(Whole)), "0.00")} |
            | overhead of a one-row run, ms | {Format(overhead.Milliseconds, "0.0")} | {Format(overheadWithWorkers.Milliseconds, "0.0")} |
            """);
        return 0;
    }

    private static async Task<Measurement> LoadAsync(string verb, Uri address, int rows)
    {
        var measurement = await ChildProcess.MeasureAsync(verb, address, rows);
        return measurement.Rows == rows
            ? measurement
            : throw new InvalidOperationException($"{verb} wrote {measurement.Rows} rows instead of {rows}.");
    }

    private static void Print(List<Measurement> handWritten, List<Measurement> inProcess, List<Measurement> workers) => Console.WriteLine($"""
        | | (a) hand-written loop | (b) platform, in process | (c) platform, workers | b / a | c / b |
        |---|---:|---:|---:|---:|---:|
        | rows/s | {Of(handWritten, m => m.RowsPerSecond, "N0")} | {Of(inProcess, m => m.RowsPerSecond, "N0")} | {Of(workers, m => m.RowsPerSecond, "N0")} | {Ratio(inProcess, handWritten, m => m.RowsPerSecond)} | {Ratio(workers, inProcess, m => m.RowsPerSecond)} |
        | processor time, µs a row | {Of(handWritten, CpuPerRow, "0.00")} | {Of(inProcess, CpuPerRow, "0.00")} | {Of(workers, CpuPerRow, "0.00")} | {Ratio(inProcess, handWritten, CpuPerRow)} | {Ratio(workers, inProcess, CpuPerRow)} |
        | peak memory, MB | {Of(handWritten, m => m.PeakMegabytes, "0")} | {Of(inProcess, m => m.PeakMegabytes, "0")} | {Of(workers, m => m.PeakMegabytes, "0")} + {Of(workers, m => m.WorkerMegabytes, "0")} | | |
        """);

    private static string Ratio(List<Measurement> these, List<Measurement> those, Func<Measurement, double> value)
    {
        var ratios = these.Zip(those, (b, a) => value(b) / value(a)).ToArray();
        return $"{Format(Median.Of(ratios), "0.00")} ({Format(ratios.Min(), "0.00")} to {Format(ratios.Max(), "0.00")})";
    }

    private static double Whole(Measurement measurement) => measurement.PeakMegabytes + measurement.WorkerMegabytes;

    private static double CpuPerRow(Measurement measurement) => measurement.CpuMilliseconds * 1000 / measurement.Rows;

    private static string Of(List<Measurement> measurements, Func<Measurement, double> value, string format) =>
        Format(Median.Of(measurements.Select(value)), format);

    private static string Format(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
