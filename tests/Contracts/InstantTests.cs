using System.Text.Json;

namespace ConnectorPlatform.Tests.Contracts;

/// <summary>Alone, since the zone belongs to the whole process.</summary>
[CollectionDefinition("Server in another time zone", DisableParallelization = true)]
public sealed class InAnotherTimeZone;

[Collection("Server in another time zone")]
public sealed class InstantTests : IDisposable
{
    private readonly string? _zone = Environment.GetEnvironmentVariable("TZ");

    private sealed record Visit(DateTimeOffset At, DateTime Local);

    public InstantTests() => MoveTo("America/New_York");

    public void Dispose() => MoveTo(_zone);

    [Fact]
    public void The_servers_time_zone_never_colours_data()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows knows no TZ variable.");
        var context = new ConnectorContext { Http = new HttpClient() };
        var visit = context.Read<Visit>(JsonElement.Parse("""{ "at": "2026-07-01T12:00:00", "local": "2026-07-01T12:00:00+02:00" }"""));
        var batch = context.Batch<Visit>([visit]);

        Assert.NotEqual(TimeSpan.Zero, TimeZoneInfo.Local.BaseUtcOffset);
        Assert.Equal([new DateTime(2026, 7, 1, 12, 0, 0), new DateTime(2026, 7, 1, 10, 0, 0)], [Only(batch, 0), Only(batch, 1)]);
    }

    private static DateTime? Only(RecordBatch batch, int ordinal)
    {
        var values = new DateTime?[1];
        batch.CopyColumn<DateTime?>(ordinal, values);
        return values[0];
    }

    private static void MoveTo(string? zone)
    {
        Environment.SetEnvironmentVariable("TZ", zone);
        TimeZoneInfo.ClearCachedData();
    }
}
