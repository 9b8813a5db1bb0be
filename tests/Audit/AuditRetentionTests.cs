using ConnectorPlatform.Host;
using ConnectorPlatform.Host.Audit;
using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Host.Schedules;
using ConnectorPlatform.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace ConnectorPlatform.Tests.Audit;

/// <summary>A log whose old lines go, and which still shows what was done to it.</summary>
public sealed class AuditRetentionTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));
    private readonly TestPlatform _platform;

    public AuditRetentionTests() => _platform = new TestPlatform { Time = _time, Settings = { ["Audit:Keep"] = "10.00:00:00" } };

    private AuditLog Log => _platform.Part<AuditLog>();

    public ValueTask DisposeAsync() => _platform.DisposeAsync();

    [Fact]
    public void Old_lines_go_a_line_tells_so_and_the_rest_verifies()
    {
        SetZones("Asia/Tokyo", "Europe/Berlin", "Europe/Paris");
        var cut = Log.Verify(null).Head;
        _time.Advance(TimeSpan.FromDays(9));
        Assert.Equal(0, Sweep());
        SetZones("UTC");
        _time.Advance(TimeSpan.FromDays(2));

        Assert.Equal(3, Sweep());
        Assert.Equal(0, Sweep());

        Assert.Equal((2, "cut"), (Lines().Count, Lines()[0].Action));
        Assert.Contains(cut, Lines()[0].After, StringComparison.Ordinal);
        Assert.Equal((2, null), (Log.Verify(cut).Lines, Log.Verify(cut).Trouble));
        Assert.Contains("only added to", Assert.Throws<PlatformException>(() => Execute("DELETE FROM audit WHERE sequence = 4")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DELETE FROM audit WHERE sequence = 4", "After line 0 comes line 5")]
    [InlineData("UPDATE audit SET after = replace(after, 'hash', 'hush') WHERE action = 'cut'", "Line 4 is not as it was written")]
    [InlineData("UPDATE audit SET before = '{}' WHERE sequence = 4", "Line 4 is not as it was written")]
    public void What_is_done_to_a_cut_log_behind_the_guards_shows(string sql, string words)
    {
        SetZones("Asia/Tokyo", "Europe/Berlin", "Europe/Paris");
        _time.Advance(TimeSpan.FromDays(11));
        SetZones("UTC");
        Sweep();
        Execute("DROP TRIGGER audit_is_not_changed; DROP TRIGGER audit_is_not_cut;");

        Execute(sql);

        Assert.Contains(words, Log.Verify(null).Trouble, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cut_that_fails_half_way_removes_nothing_and_tells_nothing()
    {
        SetZones("Asia/Tokyo", "Europe/Berlin", "Europe/Paris");
        _time.Advance(TimeSpan.FromDays(11));
        SetZones("UTC");
        Execute("CREATE TRIGGER broken BEFORE DELETE ON audit WHEN OLD.sequence = 2 BEGIN SELECT RAISE(ABORT, 'The disk is full.'); END;");

        Assert.Contains("The disk is full.", Assert.Throws<PlatformException>(() => Sweep()).Message, StringComparison.Ordinal);

        Assert.Equal(["changed", "changed", "changed", "changed"], Lines().Select(line => line.Action));
        Execute("DROP TRIGGER broken;");
        Assert.Equal((3, null), (Sweep(), Log.Verify(null).Trouble));
    }

    [Fact]
    public async Task Without_the_setting_every_line_stays()
    {
        await using var platform = new TestPlatform { Time = _time };
        platform.Part<PlatformZone>().Set("Asia/Tokyo");
        _time.Advance(TimeSpan.FromDays(10_000));

        Assert.Equal(0, platform.Part<AuditRetention>().Sweep());
    }

    private long Sweep() => _platform.Part<AuditRetention>().Sweep();

    private void Execute(string sql) => _platform.Part<MetadataDatabase>().Execute(sql);

    private IReadOnlyList<AuditEntry> Lines() => Log.Find(new AuditSearch(), null, 100);

    private void SetZones(params string[] zones) => Array.ForEach(zones, _platform.Part<PlatformZone>().Set);
}
