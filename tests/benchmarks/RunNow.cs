using System.Globalization;

namespace ConnectorPlatform.Benchmarks;

/// <summary>Runs that do nothing, told to run now: the platform with all that it records, beside schedulers that record little or nothing.</summary>
internal static class RunNow
{
    private const int DataSets = 500;
    private const int Runs = 2_000;
    private const int RunsOfOne = 300;
    private const int DefaultAtOnce = 8;

    private static readonly Dictionary<string, List<Measurement>> Measured = [];

    /// <param name="folder">Where their stores go.</param>
    /// <param name="repetitions">How often everything is measured, in turn.</param>
    /// <param name="parts">Which, for a closer look; all when there are none.</param>
    public static async Task<string> MeasureAsync(string folder, int repetitions, IReadOnlyCollection<string> parts)
    {
        for (var repetition = 0; repetition < repetitions; repetition++)
        {
            foreach (var atOnce in (int[])[DefaultAtOnce, 2])
            {
                var own = Directory.CreateDirectory(Path.Combine(folder, $"{repetition}-{atOnce}")).FullName;
                foreach (var (name, measureAsync) in Parts(own, atOnce).Where(part => parts.Count == 0 || parts.Contains(part.Name)))
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

    private static (string Name, Func<Task> MeasureAsync)[] Parts(string folder, int atOnce) =>
    [
        ("quartz-memory", () => MeasureQuartzAsync("bare Quartz, in memory", null, atOnce)),
        ("quartz-sqlite", () => MeasureQuartzAsync("bare Quartz, SQLite with its history", Path.Combine(folder, "quartz.db"), atOnce)),
        ("hangfire", () => MeasureHangfireAsync(atOnce)),
        ("in-process", () => MeasurePlatformAsync(Path.Combine(folder, "in-process"), "InProcess", atOnce)),
        ("workers", () => MeasurePlatformAsync(Path.Combine(folder, "workers"), "Workers", atOnce)),
    ];

    private static async Task MeasureQuartzAsync(string name, string? sqlite, int atOnce)
    {
        await using var quartz = await QuartzNoOps.StartAsync(sqlite, atOnce);
        await MeasureAsync($"{name}, {atOnce} at once", runs => quartz.RunAsync(runs, atOnce), Runs, DataSets);
    }

    private static async Task MeasureHangfireAsync(int atOnce)
    {
        using var hangfire = new HangfireNoOps(atOnce);
        await MeasureAsync($"Hangfire, in memory, {atOnce} at once", runs => hangfire.RunAsync(runs, atOnce), Runs, DataSets);
    }

    private static async Task MeasurePlatformAsync(string folder, string isolation, int atOnce)
    {
        await using var platform = await NoOpPlatform.StartAsync(folder, isolation, atOnce, DataSets);
        var name = $"platform, {isolation}, {{0}}, {atOnce} at once";
        await MeasureAsync(string.Format(null, name, $"{DataSets} DataSets"), runs => platform.RunAsync(platform.DataSets, runs, atOnce), Runs, DataSets);
        if (atOnce == DefaultAtOnce)
        {
            await MeasureAsync(string.Format(null, name, $"{DataSets} DataSets asked at one time"), runs => platform.RunAsync(platform.DataSets, runs, DataSets), DataSets, DataSets);
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
