using System.Text.Json;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Notices;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Notices;

/// <summary>Tells the notices of runs that a safeguard holds.</summary>
internal static class HeldRunEvents
{
    public static void TellHeld(this TestPlatform platform, DataSetConfiguration dataSet, string runId, DateTimeOffset at, string why) =>
        platform.Part<NoticeIntake>().Accept(RunNotices.EventOf(
            new RunRecord
            {
                Id = runId,
                DataSetId = dataSet.Id,
                Fence = 1,
                Instance = "test",
                Trigger = RunTrigger.Schedule,
                ConnectorVersion = "1.0.0",
                Details = JsonElement.Parse("{}"),
                UpdateMethod = dataSet.UpdateMethod,
                State = RunState.Held,
                Phase = RunPhase.Ended,
                StartedAt = at,
                EndedAt = at,
                Warnings = [why],
            },
            null,
            dataSet,
            null)!);
}
