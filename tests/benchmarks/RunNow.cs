using System.Globalization;

namespace ConnectorPlatform.Benchmarks;

/// <summary>Runs that do nothing, told to run now: the platform with all that it records, beside schedulers that record little or nothing.</summary>
internal static class RunNow
{
    private const int RunsPerDataSet = 4;
    private const int RunsOfOne = 300;
    private const int DefaultAtOnce = 8;

    // A server's code has been compiled for long: so many runs until the compiler has nothing left to do.
    private const int WarmUp = 600;

    private static readonly Dictionary<string, List<Measurement>> Measured = [];

    /// <param name="folder">Where their stores go.</param>
    /// <param name="dataSets">How many DataSets the platform has.</param>
    /// <param name="repetitions">How often everything is measured, in turn.</param>
    /// <param name="parts">Which, for a closer look; all when there are none.</param>
    public static async Task<string> MeasureAsync(string folder, int repetitions, int dataSets, IReadOnlyCollection<string> parts)
    {
        for (var repetition = 0; repetition < repetitions; repetition++)
        {
            foreach (var atOnce in (int[])[DefaultAtOnce, 2])
            {
                var own = Directory.CreateDirectory(Path.Combine(folder, $"{repetition}-{atOnce}")).FullName;
                foreach (var (name, measureAsync) in Parts(own, atOnce, dataSets).Where(part => parts.Count == 0 || parts.Contains(part.Name)))
                {
                    await measureAsync();
                }
            }
        }

        return string.Join('\n', Measured.Select(entry => string.Create(
            CultureInfo.InvariantCulture,
            $"| {entry.Key} | {Median.Of(entry.Value.Select(one => one.RowsPerSecond)):N0} | {Median.Of(entry.Value.Select(one => one.CpuMilliseconds / one.Rows)):0.00} |"))
            .Prepend("|---|---:|---:|").Prepend("| | runs/s | processor time of the host, ms a run |"));
    }

    private static (string Name, Func<Task> MeasureAsync)[] Parts(string folder, int atOnce, int dataSets) =>
    [
        ("quartz-memory", () => MeasureQuartzAsync("bare Quartz, in memory", null, atOnce, dataSets)),
        ("quartz-sqlite", () => MeasureQuartzAsync("bare Quartz, SQLite with its history", Path.Combine(folder, "quartz.db"), atOnce, dataSets)),
        ("hangfire", () => MeasureHangfireAsync(atOnce, dataSets)),
        ("in-process", () => MeasurePlatformAsync(Path.Combine(folder, "in-process"), "InProcess", atOnce, dataSets)),
        ("workers", () => MeasurePlatformAsync(Path.Combine(folder, "workers"), "Workers", atOnce, dataSets)),
    ];

    private static async Task MeasureQuartzAsync(string name, string? sqlite, int atOnce, int dataSets)
    {
        await using var quartz = await QuartzNoOps.StartAsync(sqlite, atOnce);
        await MeasureAsync($"{name}, {atOnce} at once", runs => quartz.RunAsync(runs, atOnce), RunsPerDataSet * dataSets, dataSets);
    }

    private static async Task MeasureHangfireAsync(int atOnce, int dataSets)
    {
        using var hangfire = new HangfireNoOps(atOnce);
        await MeasureAsync($"Hangfire, in memory, {atOnce} at once", runs => hangfire.RunAsync(runs, atOnce), RunsPerDataSet * dataSets, dataSets);
    }

    private static async Task MeasurePlatformAsync(string folder, string isolation, int atOnce, int dataSets)
    {
        await using var platform = await NoOpPlatform.StartAsync(folder, isolation, atOnce, dataSets);
        var name = $"platform, {isolation}, {{0}}, {atOnce} at once";
        await MeasureAsync(string.Format(null, name, $"{dataSets} DataSets"), runs => platform.RunAsync(platform.DataSets, runs, atOnce), RunsPerDataSet * dataSets, WarmUp);
        if (atOnce == DefaultAtOnce)
        {
            await MeasureAsync(string.Format(null, name, $"{dataSets} DataSets asked at one time"), runs => platform.RunAsync(platform.DataSets, runs, dataSets), dataSets, dataSets);
            await MeasureAsync($"platform, {isolation}, one DataSet, one after the other", runs => platform.RunAsync([platform.DataSets[0]], runs, 1), RunsOfOne, 20);
        }
    }

    private static async Task MeasureAsync(string name, Func<int, Task<long>> runAsync, int runs, int warmUp)
    {
        await runAsync(warmUp);
        var measurement = await Measurement.OfAsync(() => runAsync(runs));
        Measured.TryAdd(name, []);
        Measured[name].Add(measurement);
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {measurement.RowsPerSecond:N0} runs/s, {measurement.CpuMilliseconds / measurement.Rows:0.00} ms processor"));
    }
}
