namespace ConnectorPlatform.Host.Schedules;

/// <summary>Pauses and resumes schedules. What passed while one was paused is told in the log and not made up for.</summary>
internal sealed class ScheduleSwitch(ScheduleStore store, ScheduleLog log, TimeProvider time)
{
    /// <param name="dataSetId">Null for all DataSets.</param>
    /// <returns>How many were not paused before.</returns>
    public int Pause(string? dataSetId)
    {
        var running = Schedules(dataSetId).Where(stored => !stored.Schedule.IsPaused).ToList();
        foreach (var stored in running)
        {
            store.Pause(stored.Schedule.Id);
        }

        return running.Count;
    }

    /// <inheritdoc cref="Pause"/>
    /// <returns>How many were paused before.</returns>
    public int Resume(string? dataSetId)
    {
        var now = time.GetUtcNow();
        var paused = Schedules(dataSetId).Where(stored => stored.Schedule.IsPaused).ToList();
        foreach (var (schedule, accountedTo, _) in paused)
        {
            // Where no server ran meanwhile, nobody has told of these yet.
            var turn = Turn.Of(schedule, accountedTo, now, ScheduleBoard.HostDown);
            foreach (var omission in turn.Omitted)
            {
                log.WriteOmitted(schedule, omission.End, omission.First, omission.Last, omission.Fires, omission.Message);
            }

            log.Flush();
            store.Resume(schedule.Id, schedule.Recurrence is AfterRecurrence ? now : turn.AccountedTo);
        }

        return paused.Count;
    }

    private IReadOnlyList<StoredSchedule> Schedules(string? dataSetId) => dataSetId is null ? store.List() : store.Of(dataSetId);
}
