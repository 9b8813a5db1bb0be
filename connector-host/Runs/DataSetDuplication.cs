using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Host.Schedules;

namespace ConnectorPlatform.Host.Runs;

/// <summary>Makes another DataSet with the same configuration and schedules, and no rows.</summary>
internal sealed class DataSetDuplication(MetadataDatabase database, DataSetConfigurationStore dataSets, ScheduleStore schedules, Freshness freshness, TimeProvider time)
{
    /// <summary>A name for the duplicate that no DataSet has.</summary>
    public string SuggestName(string name) =>
        Enumerable.Range(1, int.MaxValue).Select(number => number == 1 ? $"{name} (copy)" : $"{name} (copy {number})").First(free => !dataSets.IsTaken(free));

    /// <summary>The duplicate's schedules wait until they are resumed, so that it asks its source for nothing unseen.</summary>
    /// <exception cref="PlatformException">The name is taken or none.</exception>
    public DataSetConfiguration Duplicate(DataSetConfiguration dataSet, string name) => database.Together(() =>
    {
        DataSetSetup.CheckName(name);
        var now = time.GetUtcNow();
        var duplicate = dataSet with { Id = Identifier.New(), Name = name, Version = 1, CreatedAt = now, UpdatedAt = now };
        dataSets.Add(duplicate);
        foreach (var (schedule, _, _) in schedules.Of(dataSet.Id))
        {
            schedules.Add(schedule with { Id = Identifier.New(), DataSetId = duplicate.Id, IsPaused = true, CreatedAt = now });
        }

        freshness.Set(duplicate.Id, freshness.MaxAge(dataSet.Id));
        return duplicate;
    });
}
