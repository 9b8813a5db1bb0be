using ConnectorPlatform.Host.Connectors.Packages;
using ConnectorPlatform.Host.Connectors.Workers;
using ConnectorPlatform.Tests.Connectors;
using ConnectorPlatform.Tests.Workers;

namespace ConnectorPlatform.Tests.Packages;

/// <summary>New code is tried in a worker before it can take the place of what runs.</summary>
[Collection(nameof(WorkerProcesses))]
public sealed class PackageTrialTests : IDisposable
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private readonly PackageBench _bench = new();
    private readonly WorkerPool _pool = new(WorkerSettings.Executable, _ => new WorkerLimits(), new WorkerLimits(), TimeProvider.System);

    public void Dispose()
    {
        _pool.Dispose();
        _bench.Dispose();
    }

    [Theory]
    [InlineData("crash", "by signal SIGABRT")]
    [InlineData("exit", "with exit code 0")]
    [InlineData("throw", "The moon is not full.")]
    [InlineData("hang", "was not loaded within 2 seconds")]
    [InlineData("change", "it changed its own files")]
    public async Task A_version_whose_constructor_misbehaves_is_refused_and_the_one_before_stays_active(string deed, string reason)
    {
        TryIn(_pool, TimeSpan.FromSeconds(60));
        Unruly("1.0.0");
        await SettleAsync();
        TryIn(_pool, TimeSpan.FromSeconds(deed == "hang" ? 2 : 60));
        var next = Unruly("1.1.0", deed);
        await SettleAsync();

        Assert.Contains(reason, _bench.Refusal(next.Folder), StringComparison.Ordinal);
        Assert.Equal(["1.0.0"], _bench.Choices.Get("unruly-constructor").Versions.Select(version => version.Version));
        Assert.Equal("1.0.0", _bench.Catalog.Find("unruly-constructor").Manifest.Version);
        Assert.Single(Directory.GetDirectories(Path.Combine(_bench.StoreFolder, "unruly-constructor")));
        Assert.True(SpinWait.SpinUntil(() => _pool.Workers.Count == 0, TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task A_version_that_failed_its_trial_is_tried_again_when_its_bytes_change_and_not_at_every_start()
    {
        var trials = 0;
        string? failure = "no";
        _bench.Trial = (_, _) => Task.FromResult(++trials > 0 ? failure : null);
        var hello = _bench.DropHello();
        await SettleAsync();
        _bench.Open();
        await _bench.Scan.StartAsync(Cancellation);
        await SettleAsync();
        Assert.Equal(1, trials);

        failure = null;
        hello.Write("README.md", "mended");
        await SettleAsync();

        Assert.Equal(2, trials);
        Assert.Equal("1.0.0", _bench.ActiveVersion);
    }

    [Fact]
    public async Task While_one_is_on_trial_others_are_installed_and_nothing_of_it_is_seen()
    {
        var trial = new TaskCompletionSource<string?>();
        _bench.Trial = (package, _) => package.Manifest.Version == "1.1.0" ? trial.Task : Task.FromResult<string?>(null);
        _bench.DropHello("1.1.0");
        _bench.Settle();
        _bench.DropHello("1.0.0");
        _bench.Settle();

        Assert.Equal("1.0.0", _bench.ActiveVersion);
        Assert.Empty(_bench.Catalog.Broken);
        trial.SetResult(null);
        await _bench.Scan.TrialsAsync();
        Assert.Equal("1.1.0", _bench.ActiveVersion);
    }

    [Fact]
    public async Task What_comes_with_the_host_is_tried_only_when_it_would_take_the_place_of_another()
    {
        var tried = new List<string>();
        _bench.Trial = (package, _) =>
        {
            tried.Add(package.Manifest.Version);
            return Task.FromResult<string?>(null);
        };
        _bench.Hello(Path.Combine(_bench.Configured, "first"), "1.0.0");
        await _bench.Scan.StartAsync(Cancellation);
        _bench.Hello(Path.Combine(_bench.Configured, "second"), "1.1.0");
        await SettleAsync();

        Assert.Equal(["1.1.0"], tried);
    }

    [Fact]
    public async Task The_end_of_the_host_is_no_failure_of_what_is_on_trial()
    {
        TryIn(_pool, TimeSpan.FromMinutes(1));
        var hanging = Unruly("1.0.0", "hang");
        _bench.Settle();
        Assert.True(SpinWait.SpinUntil(() => _pool.Workers.Count > 0, TimeSpan.FromMinutes(1)));
        var trial = _bench.Scan.TrialsAsync();
        _pool.Dispose();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trial);
        Assert.DoesNotContain(_bench.Installed.Locked.Sources, seen => seen.Path == hanging.Folder);
    }

    private void TryIn(WorkerPool pool, TimeSpan patience) => _bench.Trial = new WorkerTrial(pool, patience, TimeProvider.System).TryAsync;

    private PackageCopy Unruly(string version, string deed = "") =>
        new PackageCopy("unruly-constructor", Path.Combine(_bench.Drop, $"unruly-{version}"))
            .EditManifest(manifest => manifest["version"] = version).Write("deed.txt", deed);

    private async Task SettleAsync()
    {
        _bench.Settle();
        await _bench.Scan.TrialsAsync();
        _bench.Scan.Scan();
    }
}
