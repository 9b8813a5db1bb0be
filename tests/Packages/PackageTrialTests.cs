using System.Text.Json.Nodes;
using ConnectorPlatform.Host;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Connectors.Packages;
using ConnectorPlatform.Host.Connectors.Workers;
using ConnectorPlatform.Tests.Connectors;
using ConnectorPlatform.Tests.Workers;
using Microsoft.Extensions.Logging.Abstractions;

namespace ConnectorPlatform.Tests.Packages;

/// <summary>New code is tried in a worker before it can take the place of what runs.</summary>
[Collection(nameof(WorkerProcesses))]
public sealed class PackageTrialTests : IDisposable
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private readonly PackageBench _bench = new();
    private readonly WorkerPool _pool = new(ChildProgram.Executable, _ => new WorkerLimits(), new WorkerLimits(), TimeProvider.System);

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
    public async Task What_comes_with_the_host_is_listed_at_once_and_tried_afterwards()
    {
        var tried = new List<string>();
        _bench.Trial = (package, _) =>
        {
            tried.Add(package.Manifest.Version);
            return Task.FromResult<string?>(null);
        };
        _bench.Hello(Path.Combine(_bench.Configured, "first"), "1.0.0");
        await _bench.Scan.StartAsync(Cancellation);
        Assert.Equal(("1.0.0", 0), (_bench.ActiveVersion, tried.Count));

        await FirstTrials.TryAsync(Cancellation);
        await FirstTrials.TryAsync(Cancellation);
        Assert.Equal(["1.0.0"], tried);

        _bench.Hello(Path.Combine(_bench.Configured, "second"), "1.1.0");
        await SettleAsync();
        await FirstTrials.TryAsync(Cancellation);
        Assert.Equal(["1.0.0", "1.1.0"], tried);
    }

    [Fact]
    public async Task What_came_with_the_host_and_fails_its_trial_is_listed_with_the_reason_until_it_passes_one()
    {
        TryIn(_pool, TimeSpan.FromSeconds(60));
        Unruly("1.0.0", "exit", _bench.Configured);
        await _bench.Scan.StartAsync(Cancellation);
        Assert.Equal("1.0.0", _bench.Catalog.Find("unruly-constructor").Manifest.Version);

        await FirstTrials.TryAsync(Cancellation);

        var broken = Assert.Single(_bench.Catalog.Broken);
        Assert.Contains("with exit code 0", broken.Problems[0].Message, StringComparison.Ordinal);
        Assert.Contains("\"connector approve unruly-constructor 1.0.0\" tries it again", broken.Problems[0].Message, StringComparison.Ordinal);
        Assert.Throws<ConnectorNotFoundException>(() => _bench.Catalog.Find("unruly-constructor"));
        Assert.Contains("with exit code 0", (await Assert.ThrowsAsync<PlatformException>(() => _bench.ApproveAsync("unruly-constructor", "1.0.0"))).Message, StringComparison.Ordinal);

        _bench.Trial = (_, _) => Task.FromResult<string?>(null);
        await _bench.ApproveAsync("unruly-constructor", "1.0.0");
        Assert.Equal("1.0.0", _bench.Catalog.Find("unruly-constructor").Manifest.Version);
    }

    [Fact]
    public async Task What_came_with_the_host_and_fails_once_was_only_slow()
    {
        var trials = 0;
        _bench.Trial = (_, _) => Task.FromResult(++trials == 1 ? "not loaded in time" : null);
        _bench.Hello(Path.Combine(_bench.Configured, "first"), "1.0.0");
        await _bench.Scan.StartAsync(Cancellation);

        await FirstTrials.TryAsync(Cancellation);

        Assert.Equal(("1.0.0", 2), (_bench.ActiveVersion, trials));
    }

    [Fact]
    public async Task A_running_server_tries_what_came_with_it()
    {
        var tried = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _bench.Trial = (_, _) =>
        {
            tried.TrySetResult();
            return Task.FromResult<string?>("no");
        };
        _bench.Hello(Path.Combine(_bench.Configured, "first"));
        await _bench.Scan.StartAsync(Cancellation);
        using var watch = new ConnectorWatch(_bench.Scan, FirstTrials, TimeProvider.System, NullLogger<ConnectorWatch>.Instance);

        await watch.StartAsync(Cancellation);

        await tried.Task.WaitAsync(TimeSpan.FromMinutes(1), Cancellation);
        Assert.True(SpinWait.SpinUntil(() => _bench.Catalog.Packages.Count == 0, TimeSpan.FromMinutes(1)));
        await watch.StopAsync(Cancellation);
    }

    [Fact]
    public async Task No_code_of_a_version_runs_before_it_is_approved()
    {
        TryIn(_pool, TimeSpan.FromSeconds(60));
        var trace = _bench.File("trace");
        Unruly("1.0.0");
        await SettleAsync();
        foreach (var (version, deed) in new[] { ("1.1.0", $"trace {trace}"), ("1.2.0", "throw") })
        {
            Unruly(version, deed).EditManifest(manifest => manifest["http"]!["allowedHosts"] = new JsonArray("unruly-constructor.example", "elsewhere.example.net"));
        }

        await SettleAsync();
        await FirstTrials.TryAsync(Cancellation);
        Assert.False(File.Exists(trace));
        Assert.Contains("Waits for approval", _bench.Choices.Get("unruly-constructor").Find("1.1.0")!.Reason, StringComparison.Ordinal);

        await _bench.ApproveAsync("unruly-constructor", "1.1.0");
        Assert.Equal("x", await File.ReadAllTextAsync(trace, Cancellation));
        Assert.Equal("1.1.0", _bench.Catalog.Find("unruly-constructor").Manifest.Version);

        var refusal = await Assert.ThrowsAsync<PlatformException>(() => _bench.ApproveAsync("unruly-constructor", "1.2.0"));
        Assert.Contains("1.2.0 is not approved and goes on waiting. When it was tried in a worker", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("The moon is not full.", refusal.Message, StringComparison.Ordinal);
        Assert.Null(_bench.Choices.Get("unruly-constructor").Find("1.2.0")!.ApprovedBy);
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

    private FirstTrials FirstTrials => new(_bench.Installed, _bench.Trials);

    private PackageCopy Unruly(string version, string deed = "", string? folder = null) =>
        new PackageCopy("unruly-constructor", Path.Combine(folder ?? _bench.Drop, $"unruly-{version}"))
            .EditManifest(manifest => manifest["version"] = version).Write("deed.txt", deed);

    private async Task SettleAsync()
    {
        _bench.Settle();
        await _bench.Scan.TrialsAsync();
        _bench.Scan.Scan();
    }
}
