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
        Drop("1.0.0");
        Drop("1.1.0");
        var quarantine = Host();
        var package = _bench.Catalog.Find("hello");
        Crash(quarantine, package);

        var refusal = Assert.Throws<PackageLoadException>(() => quarantine.Check(package));

        Assert.Contains("\"connector rollback hello\" goes back to 1.0.0", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("\"connector approve hello 1.1.0\" lets it run at once", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("1.1.0", _bench.ActiveVersion);
        await _bench.Choices.RollbackAsync("hello", "anna", force: false, TestContext.Current.CancellationToken);
        quarantine.Check(_bench.Catalog.Find("hello"));
        _bench.Time.Advance(Quarantine.Duration);
        quarantine.Check(package);
    }

    [Fact]
    public void A_restart_of_the_host_does_not_end_it()
    {
        Drop("1.0.0");
        Crash(Host(), _bench.Catalog.Find("hello"));
        _bench.Open();

        var refusal = Assert.Throws<PackageLoadException>(() => Host().Check(_bench.Catalog.Find("hello")));

        Assert.Contains("The last crash: It ended by signal SIGABRT.", refusal.Message, StringComparison.Ordinal);
        var version = _bench.Choices.Get("hello").Find("1.0.0")!;
        Assert.Equal((_bench.Time.GetUtcNow() + Quarantine.Duration, "It ended by signal SIGABRT."), (version.QuarantinedUntil, version.QuarantineReason));
    }

    [Fact]
    public async Task Another_process_lifts_it_at_once_and_begins_it_at_once()
    {
        Drop("1.0.0");
        var (server, package) = (Host(), _bench.Catalog.Find("hello"));
        Crash(server, package);
        _bench.Open();
        await _bench.ApproveAsync("hello", "1.0.0");
        server.Check(package);

        Crash(Host(), package);
        Assert.Throws<PackageLoadException>(() => server.Check(package));
    }

    [Fact]
    public void Other_bytes_and_what_is_not_installed_are_refused_for_their_own_crashes_alone()
    {
        Drop("1.0.0");
        var (quarantine, package) = (Host(), _bench.Catalog.Find("hello"));
        var foreign = package with { Folder = _bench.File("apart") };
        Crash(quarantine, foreign);

        quarantine.Check(package);
        Assert.Null(_bench.Choices.Get("hello").Find("1.0.0")!.QuarantinedUntil);
        Assert.Contains("restart the host", Assert.Throws<PackageLoadException>(() => quarantine.Check(foreign)).Message, StringComparison.Ordinal);
    }

    /// <summary>The quarantine as a host's pool has it.</summary>
    private Quarantine Host()
    {
        var record = _bench.QuarantineRecord;
        return new Quarantine(_bench.Time) { Kept = record.Find, Keep = record.TryKeep };
    }

    private static void Crash(Quarantine quarantine, ConnectorPackage package)
    {
        for (var crash = 1; crash <= Quarantine.Crashes; crash++)
        {
            quarantine.Check(package);
            quarantine.Crashed(package, "It ended by signal SIGABRT.");
        }
    }

    private void Drop(string version)
    {
        _bench.DropHello(version);
        _bench.Settle();
    }
}
