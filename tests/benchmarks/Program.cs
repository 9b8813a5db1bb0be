using ConnectorPlatform.Benchmarks;

return args switch
{
    ["serve", var rows] => await SalesServer.ServeAsync(int.Parse(rows, null)),
    ["hand-written", var server, var rows, var folder] => await Report(HandWrittenLoop.MeasureAsync(new Sales(new Uri(server), int.Parse(rows, null)), folder)),
    ["InProcess" or "Workers", var server, var rows, var folder] =>
        await Report(PlatformRun.MeasureAsync(new Sales(new Uri(server), int.Parse(rows, null)), folder, isolation: args[0])),
    ["one-row-InProcess" or "one-row-Workers", var server, var runs, var folder] =>
        await Report(PlatformRun.MeasureOverheadAsync(new Sales(new Uri(server), 1), int.Parse(runs, null), folder, isolation: args[0]["one-row-".Length..])),
    ["updates"] => await ReportInFolderAsync(folder => Task.FromResult(UpdateMethods.Measure(folder, 7))),
    ["runs", .. var rest] => await ReportInFolderAsync(folder => RunNow.MeasureAsync(folder, Number(rest, 0) ?? 3, Number(rest, 1) ?? 500, [.. rest.Skip(2)])),
    ["installed"] => await ReportInFolderAsync(async folder => (await InstalledConnectors.MeasureAsync(folder)).ToJson()),
    ["pages"] => await ReportInFolderAsync(async folder => (await PageSpeed.MeasureAsync(folder)).ToJson()),
    ["schedules", var count] => await ReportInFolderAsync(async folder => (await ScheduledFires.MeasureAsync(folder, int.Parse(count, null))).ToJson()),
    _ => await Comparison.RunAsync(args),
};

static int? Number(string[] arguments, int place) => arguments.Length > place ? int.Parse(arguments[place], null) : null;

static async Task<int> ReportInFolderAsync(Func<string, Task<string>> measureAsync)
{
    var folder = Directory.CreateTempSubdirectory("connector-benchmark-").FullName;
    try
    {
        Console.WriteLine(await measureAsync(folder));
        return 0;
    }
    finally
    {
        Directory.Delete(folder, recursive: true);
    }
}

static async Task<int> Report(Task<Measurement> measuring)
{
    Console.WriteLine((await measuring).ToJson());
    return 0;
}
