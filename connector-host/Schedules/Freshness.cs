using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.Schedules;

/// <summary>How old a DataSet may get, and whether it is older: told once when it becomes late, and once when it is fresh again.</summary>
internal sealed class Freshness(MetadataDatabase database, ScheduleStore store, ScheduleLog log, DataSetLate late, TimeProvider time)
{
    public static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    /// <param name="dataSetId">The DataSet.</param>
    /// <param name="maxAge">From the end of its last successful run; null for any age.</param>
    public void Set(string dataSetId, TimeSpan? maxAge)
    {
        if (maxAge is not { } age)
        {
            database.Execute("DELETE FROM freshness WHERE dataset_id = @dataSetId", new { dataSetId });
            return;
        }

        if (age < Shortest || age > Longest)
        {
            throw new PlatformException(PlatformFault.Input, "The greatest age of a DataSet is from one minute to ten years, such as 26h or 8d.");
        }

        database.Execute(
            "INSERT INTO freshness (dataset_id, max_age_s, since) VALUES (@dataSetId, @seconds, @now) ON CONFLICT (dataset_id) DO UPDATE SET max_age_s = excluded.max_age_s",
            new { dataSetId, seconds = (long)age.TotalSeconds, now = time.GetUtcNow() });
    }

    public TimeSpan? MaxAge(string dataSetId) =>
        database.Find<long?>("SELECT max_age_s FROM freshness WHERE dataset_id = @dataSetId", new { dataSetId }) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>Looks at all DataSets that may not get older than they say.</summary>
    public void Check()
    {
        var now = time.GetUtcNow();
        foreach (var row in database.Query<Row>("SELECT dataset_id, max_age_s, since, late_since FROM freshness"))
        {
            var maxAge = TimeSpan.FromSeconds(row.MaxAgeS);
            var success = store.LastSuccess(row.DatasetId);
            var from = success is { } ended && ended > row.Since ? ended : success ?? row.Since;
            if (now - from > maxAge && row.LateSince is null)
            {
                // The store first: who is told may fail, and is not to be told every time.
                SetLate(row.DatasetId, from + maxAge);
                Write(row.DatasetId, FireEnd.Late, now, success is null ? "No run has succeeded in time." : $"The last successful run ended at {success:u}, longer ago than {Words(maxAge)}.");
                late(new LateDataSet(row.DatasetId, maxAge, success));
            }
            else if (now - from <= maxAge && row.LateSince is not null)
            {
                SetLate(row.DatasetId, null);
                Write(row.DatasetId, FireEnd.FreshAgain, now, $"The DataSet was late since {row.LateSince:u} and is fresh again.");
            }
        }
    }

    public static string Words(TimeSpan age) => age switch
    {
        { TotalDays: >= 2 } when age.Ticks % TimeSpan.TicksPerDay == 0 => $"{age.Days} days",
        { TotalHours: >= 2 } when age.Ticks % TimeSpan.TicksPerHour == 0 => $"{(int)age.TotalHours} hours",
        _ => $"{(int)age.TotalMinutes} minutes",
    };

    private void SetLate(string dataSetId, DateTimeOffset? since) =>
        database.Execute("UPDATE freshness SET late_since = @since WHERE dataset_id = @dataSetId", new { dataSetId, since });

    private void Write(string dataSetId, FireEnd end, DateTimeOffset now, string message) => log.Write(new ScheduleLine
    {
        Id = Identifier.New(),
        DataSetId = dataSetId,
        At = now,
        LastAt = now,
        Fires = 0,
        LoggedAt = now,
        Outcome = end,
        Message = message,
    });

    private sealed record Row
    {
        public required string DatasetId { get; init; }
        public required long MaxAgeS { get; init; }
        public required DateTimeOffset Since { get; init; }
        public DateTimeOffset? LateSince { get; init; }
    }
}
