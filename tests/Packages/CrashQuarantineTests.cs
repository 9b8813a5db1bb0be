using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Connectors.Workers;

namespace ConnectorPlatform.Tests.Packages;

public sealed class CrashQuarantineTests : IDisposable
{
    private readonly PackageBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Whoever_runs_a_version_that_crashes_again_and_again_is_told_how_to_go_back()
    {
        var quarantine = new Quarantine(_bench.Time) { Advise = entry => _bench.Choices.Quarantine(entry.Id, entry.Version, entry.Until) };
        _bench.DropHello("1.0.0");
        _bench.Settle();
        _bench.DropHello("1.1.0");
        _bench.Settle();
        var package = _bench.Catalog.Find("hello");
        for (var crash = 1; crash <= Quarantine.Crashes; crash++)
        {
            quarantine.Check(package);
            quarantine.Crashed(package, "It ended by signal SIGABRT.");
        }

        var refusal = Assert.Throws<PackageLoadException>(() => quarantine.Check(package));

        Assert.Contains("\"connector rollback hello\" goes back to 1.0.0", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(_bench.Time.GetUtcNow() + Quarantine.Duration, _bench.Choices.Get("hello").Find("1.1.0")!.QuarantinedUntil);
        await _bench.Choices.RollbackAsync("hello", "anna", force: false, TestContext.Current.CancellationToken);
        quarantine.Check(_bench.Catalog.Find("hello"));
        _bench.Time.Advance(Quarantine.Duration);
        quarantine.Check(package);
    }
}
