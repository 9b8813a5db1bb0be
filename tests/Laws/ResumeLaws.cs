using ConnectorPlatform.Tests.Laws.Cases;

namespace ConnectorPlatform.Tests.Laws;

/// <summary>A checkpoint is worth as much as the rows before it.</summary>
public sealed class ResumeLaws
{
    [Theory]
    [MemberData(nameof(ScenarioBench.Names), MemberType = typeof(ScenarioBench))]
    public async Task Rows_up_to_any_checkpoint_and_a_run_resumed_from_it_equal_the_whole_run(string name)
    {
        await using var bench = await ScenarioBench.StartAsync(name);
        var whole = await bench.AddDataSetAsync(bench.Scenario.Run.UpdateMethod);
        await bench.RunAsync(whole);
        var batches = await bench.ReadBatchesAsync();

        foreach (var (index, _) in batches.Index().Where(entry => entry.Item.Checkpoint is not null))
        {
            var resumed = await bench.AddDataSetAsync(bench.Scenario.Run.UpdateMethod, [.. batches.Take(index + 1)]);
            var run = await bench.RunAsync(resumed);

            Assert.True(run.IsSuccess || bench.Scenario.Expected is null, $"Resumed after batch {index + 1}: {run.Failure?.Message}");
            Assert.Equal(await bench.ContentAsync(whole), await bench.ContentAsync(resumed));
        }

        Assert.Empty(bench.UnexpectedRequests());
        Assert.Empty(bench.UnmetMappings());
    }

    [Fact]
    public async Task The_law_of_resuming_meets_checkpoints_within_a_run()
    {
        await using var bench = await ScenarioBench.StartAsync(Scenario.Names("hello").Single(name => name.EndsWith("two-pages", StringComparison.Ordinal)));

        var batches = await bench.ReadBatchesAsync();

        Assert.Equal([2, 3], batches.Select(batch => batch.Checkpoint?.GetInt32()));
    }
}
