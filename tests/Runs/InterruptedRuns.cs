using System.Diagnostics;
using System.Globalization;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.DataSets.Storage;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Runs;

/// <summary>Runs that a process left behind, and signals that let it leave them.</summary>
internal static class InterruptedRuns
{
    /// <summary>A run that is recorded as going on.</summary>
    public static RunRecord AddRun(
        this TestPlatform platform, DataSetConfiguration dataSet, string instance = "gone", RunState state = RunState.Running, RunPhase phase = RunPhase.Reading, string? resumes = null)
    {
        return platform.Part<RunStore>().Add(new RunRecord
        {
            Id = Guid.CreateVersion7().ToString("N"),
            DataSetId = dataSet.Id,
            Instance = instance,
            Trigger = resumes is null ? RunTrigger.Manual : RunTrigger.Resume,
            ConnectorVersion = "1.0.0",
            Details = dataSet.Details,
            UpdateMethod = dataSet.UpdateMethod,
            State = state,
            Phase = phase,
            StartedAt = platform.Time.GetUtcNow(),
            Resumes = resumes,
        });
    }

    /// <summary>What the run committed before its process died.</summary>
    public static async Task CommitAsync(this TestPlatform platform, DataSetConfiguration dataSet, RunRecord run, RecordBatch batch, bool isFinal)
    {
        using var lease = await platform.Part<DataSetFiles>().OpenAsync(dataSet.Id, TestPlatform.Cancellation);
        using var writer = new DataSetWriter(lease.File, new WriterOptions { RunId = run.Id, Fence = run.Fence, UpdateMethod = run.UpdateMethod, Rules = dataSet.Rules, Time = platform.Time });
        writer.Append(batch);
        writer.Commit(isFinal);
    }

    /// <summary>As <c>serve</c> does when it starts.</summary>
    public static async Task StartAgainAsync(this TestPlatform platform)
    {
        await platform.Part<RunReconciler>().ReconcileAsync(TestPlatform.Cancellation);
        await platform.Part<RunResumption>().ResumeAsync();
    }

    /// <summary>Signals a process and waits for its end.</summary>
    /// <returns>How it ended, and how long that took.</returns>
    public static async Task<(ProgramResult Result, TimeSpan Took)> SignalAsync(this Process process, string signal)
    {
        var asked = Stopwatch.GetTimestamp();
        using (var kill = Process.Start("kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(TestPlatform.Cancellation);
        }

        var result = await HostProgram.EndAsync(process);
        return (result, Stopwatch.GetElapsedTime(asked));
    }

    /// <summary>Waits until the store tells it.</summary>
    public static async Task<RunRecord> UntilAsync(this TestPlatform platform, DataSetConfiguration dataSet, Predicate<RunRecord> holds)
    {
        var asked = Stopwatch.GetTimestamp();
        while (true)
        {
            if (platform.Part<RunStore>().Last(dataSet.Id) is { } run && holds(run))
            {
                return run;
            }

            Assert.True(Stopwatch.GetElapsedTime(asked) < TimeSpan.FromMinutes(1), $"It did not come to that: {platform.Part<RunStore>().Last(dataSet.Id)}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TestPlatform.Cancellation);
        }
    }
}
