using ConnectorPlatform.Benchmarks;

return args switch
{
    ["serve", var rows] => await SalesServer.ServeAsync(int.Parse(rows, null)),
    ["hand-written", var address, var folder] => await Report(HandWrittenLoop.MeasureAsync(new Uri(address), folder)),
    ["platform", var address, var folder] => await Report(PlatformRun.MeasureAsync(new Uri(address), folder)),
    ["one-row", var address, var folder, var runs] => await Report(PlatformRun.MeasureOverheadAsync(new Uri(address), folder, int.Parse(runs, null))),
    _ => await Comparison.RunAsync(args),
};

static async Task<int> Report(Task<Measurement> measuring)
{
    Console.WriteLine((await measuring).ToJson());
    return 0;
}
