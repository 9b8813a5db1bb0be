using System.Globalization;
using ConnectorPlatform.Host.Connectors.Packages;
using ConnectorPlatform.Host.Connectors.Workers;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Tests.Http;

namespace ConnectorPlatform.Tests.Workers;

/// <summary>Whatever a connector does to its process: its own run says what happened, and nobody else notices.</summary>
public sealed class HostileTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static readonly TimeSpan LongestDeed = TimeSpan.FromMinutes(2);

    public static TheoryData<string, string[]> Failing => new()
    {
        { "thread-exception", ["SIGABRT", "asked to read", "thrown on a thread of its own", "Nothing had been committed."] },
        { "fail-fast", ["SIGABRT", "it gave up"] },
        { "stack-overflow", ["SIGABRT", "Stack overflow"] },
        { "exit-zero", ["exit code 0", "asked to read"] },
        { "wild-pointer", ["SIGSEGV"] },
        { "managed-hog", ["OutOfMemoryException"] },
        { "native-hog", ["OutOfMemoryException"] },
        { "handles", ["Too many open files"] },
        { "grandchild-and-death", ["SIGABRT", "it left a child behind"] },
        { "closed-pipes", ["The connector's process", "asked to read"] },
        { "gigabyte-record", ["OutOfMemoryException"] },
        { "large-record", ["text", "73400320 characters", "64 MB"] },
        { "half-surrogate", ["text", "no valid Unicode"] },
        { "wrong-width", ["Row 1 of the batch has 1 values where there are 2 columns."] },
        { "backward-checkpoint", ["checkpoint went backwards", "1 was passed before"] },
        { "exception", ["InvalidOperationException", "a plain bug"] },
        { "silence", ["was stopped because it made no progress for 2 seconds"] },
    };

    [Theory]
    [MemberData(nameof(Failing))]
    public async Task The_failing_run_says_what_happened_and_others_go_on(string deed, string[] words)
    {
        await using var platform = new PlatformWithWorkers(
            ("Connectors:hostile:Workers:MemoryMegabytes", deed.EndsWith("hog", StringComparison.Ordinal) ? "128" : "1024"),
            ("Connectors:hostile:Workers:ProgressWithin", deed == "silence" ? "0:0:2" : "0:1:0"));

        var run = await AmongOthersAsync(platform, () => platform.DoAsync(deed, Cancellation));

        Assert.Equal(RunState.Failed, run.State);
        Assert.Equal(RunFailureKind.Connector, run.Failure!.Kind);
        Assert.All(words, word => Assert.Contains(word, run.Failure.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("console")]
    [InlineData("surroundings")]
    [InlineData("grandchild")]
    [InlineData("noise")]
    [InlineData("environment")]
    [InlineData("late-words")]
    public async Task What_only_disturbs_a_process_disturbs_nobody(string deed)
    {
        await using var platform = new PlatformWithWorkers();
        var (culture, path, folder) = (CultureInfo.CurrentCulture, Environment.GetEnvironmentVariable("PATH"), Environment.CurrentDirectory);

        RunRecord? next = null;
        var run = await AmongOthersAsync(platform, async () =>
        {
            var disturbing = await platform.DoAsync(deed, Cancellation);
            next = await platform.DoAsync("environment", Cancellation);
            return disturbing;
        });

        Assert.Null(run.Failure);
        Assert.Equal(2, run.Counts.RowsWritten);
        Assert.Null(next!.Failure);
        Assert.Equal((culture, path, folder), (CultureInfo.CurrentCulture, Environment.GetEnvironmentVariable("PATH"), Environment.CurrentDirectory));
    }

    [Theory]
    [InlineData("endless-loop")]
    [InlineData("blocked-pool")]
    [InlineData("silence")]
    public async Task A_run_that_does_not_listen_is_cancelled_with_its_worker(string deed)
    {
        await using var platform = new PlatformWithWorkers(("Connectors:Workers:CancelWithin", "0:0:0.5"));
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var running = platform.BeginAsync(deed, cancel.Token);
        await platform.DeedIsUnderWayAsync(running);
        var worker = Assert.Single(platform.Pool.Workers);
        var hello = await platform.RunAsync("hello", cancellationToken: Cancellation);

        await cancel.CancelAsync();
        var run = await running.WaitAsync(LongestDeed, Cancellation);

        Assert.Equal((RunState.Cancelled, RunState.Succeeded), (run.State, hello.State));
        await worker.WaitForEndAsync().WaitAsync(Cancellation);
        Assert.Equal(RunState.Succeeded, (await platform.RunAsync("hello", cancellationToken: Cancellation)).State);
    }

    [Fact]
    public async Task A_worker_that_dies_in_a_request_gives_its_place_at_the_source_back()
    {
        PlatformWithWorkers? platform = null;
        await using var source = await LoopbackSource.StartAsync(async context =>
        {
            if (context.Request.Path == "/begun")
            {
                await File.WriteAllTextAsync(platform!.Announcement, "", Cancellation);
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        });
        await using var disposing = platform = new PlatformWithWorkers(("Connectors:hostile:BaseAddress", source.Address.ToString()));

        var dying = await platform.RunOnSourceAsync("dies-in-request");
        var next = await platform.RunOnSourceAsync("request").WaitAsync(TimeSpan.FromSeconds(30), Cancellation);

        Assert.Contains("it died while its request was WaitingForActivation", dying.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal((RunState.Succeeded, null), (next.State, next.Failure?.Message));
        Assert.Equal(2, source.Requests.Count);
    }

    [Fact]
    public async Task The_log_tells_where_the_worker_died()
    {
        await using var platform = new PlatformWithWorkers();

        var (_, log) = await platform.DoWithLogAsync("fail-fast");

        Assert.Contains("at ConnectorPlatform.Connectors.Deeds", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_noisy_runs_log_is_capped()
    {
        await using var platform = new PlatformWithWorkers();

        var (run, log) = await platform.DoWithLogAsync("noise");

        Assert.Equal(RunState.Succeeded, run.State);
        Assert.Contains("line 42\"", log, StringComparison.Ordinal);
        Assert.EndsWith("(the log is full; later lines are left out)\"}", log.TrimEnd(), StringComparison.Ordinal);
        Assert.Equal(10_000, log.AsSpan().Count('\n'));
    }

    [Fact]
    public async Task A_full_log_still_takes_the_failure()
    {
        await using var platform = new PlatformWithWorkers();

        var (_, log) = await platform.DoWithLogAsync("noise-and-exception");

        Assert.Contains("later lines are left out", log, StringComparison.Ordinal);
        Assert.Contains("a bug after much talk", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_sees_nothing_of_the_hosts_environment()
    {
        Environment.SetEnvironmentVariable("CONNECTOR_PLATFORM_TEST_SECRET", "s3cret");
        Environment.SetEnvironmentVariable("https_proxy", "http://127.0.0.1:9");
        await using var platform = new PlatformWithWorkers();

        var (_, log) = await platform.DoWithLogAsync("environment");
        Environment.SetEnvironmentVariable("CONNECTOR_PLATFORM_TEST_SECRET", null);
        Environment.SetEnvironmentVariable("https_proxy", null);

        Assert.Contains("PATH=", log, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", log, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("proxy", log, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_version_that_crashes_three_times_is_refused_with_the_reason_and_others_are_not()
    {
        await using var platform = new PlatformWithWorkers();
        for (var crash = 0; crash < 3; crash++)
        {
            Assert.Contains("it gave up", (await platform.DoAsync("fail-fast", Cancellation)).Failure!.Message, StringComparison.Ordinal);
        }

        var refused = await platform.DoAsync("environment", Cancellation);

        Assert.Equal(RunFailureKind.Connector, refused.Failure!.Kind);
        Assert.Contains("\"hostile\" 1.0.0 is in quarantine until", refused.Failure.Message, StringComparison.Ordinal);
        Assert.Contains("its process crashed 3 times within 5 minutes", refused.Failure.Message, StringComparison.Ordinal);
        Assert.Contains("it gave up", refused.Failure.Message, StringComparison.Ordinal);
        Assert.Equal("hostile", platform.Pool.Quarantine.Find(platform.Package("hostile"))!.Id);
        Assert.Equal(RunState.Succeeded, (await platform.RunAsync("hello", cancellationToken: Cancellation)).State);
        await platform.Part<Approval>().ApproveAsync(platform.Part<ConnectorChoices>(), "hostile", "1.0.0", "anna", Cancellation);
        Assert.Equal(RunState.Succeeded, (await platform.DoAsync("environment", Cancellation)).State);
    }

    [Fact]
    public async Task The_last_words_that_are_written_down_hold_no_secret()
    {
        await using var platform = new PlatformWithWorkers();
        for (var crash = 0; crash < 3; crash++)
        {
            await platform.RunOnSourceAsync("secret-and-death");
        }

        var refused = await platform.DoAsync("environment", Cancellation);
        var kept = await File.ReadAllTextAsync(platform.LockFile, Cancellation);

        Assert.Contains("it knows", refused.Failure!.Message, StringComparison.Ordinal);
        Assert.Contains("it knows", kept, StringComparison.Ordinal);
        Assert.DoesNotContain(PlatformWithWorkers.Secret, refused.Failure.Message + kept, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_the_hosts_own_process_a_checkpoint_that_goes_backwards_fails_the_same()
    {
        await using var platform = new PlatformWithWorkers(("Connectors:Isolation", "InProcess"));

        var run = await platform.DoAsync("backward-checkpoint", Cancellation);

        Assert.Contains("checkpoint went backwards", run.Failure!.Message, StringComparison.Ordinal);
        Assert.Empty(platform.Pool.Workers);
    }

    /// <summary>Does it while other runs go on, and leaves nothing behind.</summary>
    private static async Task<RunRecord> AmongOthersAsync(PlatformWithWorkers platform, Func<Task<RunRecord>> doIt)
    {
        Assert.Equal(RunState.Succeeded, (await platform.RunAsync("hello", cancellationToken: Cancellation)).State);
        var started = new HashSet<WorkerProcess>(platform.Pool.Workers);

        using var deadline = new CancellationTokenSource(LongestDeed);
        var doing = doIt();
        do
        {
            Assert.False(deadline.IsCancellationRequested, "The run does not end.");
            Assert.Equal(RunState.Succeeded, (await platform.RunAsync("hello", cancellationToken: Cancellation)).State);
            started.UnionWith(platform.Pool.Workers);
        }
        while (!doing.IsCompleted);
        var run = await doing;

        Assert.Equal(RunState.Succeeded, (await platform.RunAsync("hello", cancellationToken: Cancellation)).State);
        await platform.DisposeAsync();
        Assert.All(started, worker => Assert.True(Processes.End(worker.Id), $"Of the worker {worker.Id} there is still {string.Join(", ", Processes.OfGroup(worker.Id))}."));
        return run;
    }
}
