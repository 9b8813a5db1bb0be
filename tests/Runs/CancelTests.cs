using System.Diagnostics;
using System.Text.Json;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Sessions;
using ConnectorPlatform.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ConnectorPlatform.Tests.Runs;

/// <summary>A run ends within two seconds wherever it waits, when it is cancelled and when its deadline passes.</summary>
public sealed class CancelTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private readonly TaskCompletionSource _waits = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private GreetingSource _source = null!;
    private TestPlatform _platform = null!;
    private Process? _other;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Each await of a run, and whether the deadline counts there: the time before a run begins is not its own.</summary>
    public static TheoryData<string, bool> Places => new()
    {
        { "the run before it", false },
        { "a place", false },
        { "a place of its account", false },
        { "its file", true },
        { "its connector", true },
        { "its details", true },
        { "the reply", true },
        { "the rest of a reply", true },
        { "the account's budget", true },
        { "the account's concurrency", true },
        { "what Retry-After asks", true },
        { "the next try of a request", true },
        { "room in the pipe", true },
        { "its next attempt", true },
    };

    public static TheoryData<string> OwnPlaces => [.. Places.Where(place => place.Data.Item2).Select(place => place.Data.Item1)];

    public async ValueTask InitializeAsync()
    {
        _source = await GreetingSource.StartAsync();
        _platform = new TestPlatform { Settings = { ["Connectors:hello:BaseAddress"] = _source.Address.ToString(), ["Runs:MostAtOnce"] = "2", ["Runs:MostOfAccount"] = "2", ["Runs:CommitWithin"] = "00:00:00.1" }, Replace = Hold };
    }

    public async ValueTask DisposeAsync()
    {
        if (_other is not null)
        {
            await _other.SignalAsync("KILL");
            _other.Dispose();
        }

        await _platform.DisposeAsync();
        await _source.DisposeAsync();
    }

    private string Place { get; set; } = "";

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_cancelled_run_ends_wherever_it_waits(string place, bool isOwn)
    {
        using var cancel = new CancellationTokenSource();
        var run = await BeginAsync(place, null, cancel.Token);
        var asked = Stopwatch.GetTimestamp();

        await cancel.CancelAsync();

        var ended = await run.WaitAsync(TimeSpan.FromMinutes(1), Cancellation);
        Assert.Equal((RunState.Cancelled, RunPhase.Ended, null), (ended.State, ended.Phase, ended.Failure));
        Assert.True(Stopwatch.GetElapsedTime(asked) < Limit, $"It took {Stopwatch.GetElapsedTime(asked)}.");
        Assert.Equal(ended.State, _platform.Part<RunStore>().Find(ended.Id)!.State);
        Assert.True(isOwn || ended.Counts.Requests == 0);
    }

    [Theory]
    [MemberData(nameof(OwnPlaces))]
    public async Task A_deadline_ends_the_run_wherever_it_waits(string place)
    {
        var deadline = TimeSpan.FromSeconds(1);
        var run = await BeginAsync(place, deadline, Cancellation);

        var ended = await run.WaitAsync(TimeSpan.FromMinutes(1), Cancellation);

        Assert.Equal((RunState.Failed, "The run did not end within its deadline of 00:00:01. What it committed before stays."), (ended.State, ended.Failure?.Message));
        Assert.True(ended.EndedAt - ended.StartedAt < deadline + Limit, $"It took {ended.EndedAt - ended.StartedAt}.");
    }

    [Theory]
    [InlineData("the reply")]
    [InlineData("its next attempt")]
    [InlineData("the run before it")]
    public async Task A_run_is_interrupted_by_the_stop_wherever_it_waits_and_a_cancelled_one_stays_cancelled(string place)
    {
        var run = await BeginAsync(place, null, Cancellation);

        await _platform.Part<PlatformStop>().StopAsync(isCancelled: place == "the reply");

        var ended = await run;
        Assert.Equal(place == "the reply" ? (RunState.Cancelled, (Interruption?)null) : (RunState.Failed, Interruption.Waiting), (ended.State, ended.Interruption));
    }

    /// <summary>A run that has come to the place and waits there.</summary>
    private async Task<Task<RunRecord>> BeginAsync(string place, TimeSpan? deadline, CancellationToken cancellationToken)
    {
        Place = place;
        var account = _platform.AddAccount("hello");
        var retry = place == "its next attempt" ? new RetryPolicy(RetryPattern.Fixed, 1, TimeSpan.FromHours(1)) : RetryPolicy.None;
        var dataSet = _platform.AddDataSet("hello", account: account, rules: new DataSetRules { Retry = retry });
        _source.Instead = AnswerAsync;
        foreach (var other in OthersOf(place, dataSet, account))
        {
            _ = _platform.RunAsync(other, Cancellation);
            await _platform.UntilAsync(other, run => run.State == RunState.Running);
        }

        if (place == "its file")
        {
            await HoldFileAsync(dataSet);
        }

        // Not stored, so that the runs beside it have none.
        var limited = dataSet with { Rules = dataSet.Rules with { Deadline = deadline }, DetailsVersion = place == "its details" ? 0 : dataSet.DetailsVersion };
        var run = _platform.Part<RunEngine>().RunAsync(limited, RunTrigger.Manual, Overlap.QueueOne, cancellationToken);
        var isRecorded = IsQueued(place) || place is "its next attempt" or "its file";
        var isThere = isRecorded ? _platform.UntilAsync(dataSet, record => record.WaitingFor is not null || record.IsEnded || place == "its file") : _waits.Task.WaitAsync(Cancellation);

        // On a busy machine a deadline may pass before.
        await await Task.WhenAny(isThere, run);
        return run;
    }

    private static bool IsQueued(string place) => place is "the run before it" or "a place" or "a place of its account";

    private DataSetConfiguration[] OthersOf(string place, DataSetConfiguration dataSet, Host.Accounts.Account account) => place switch
    {
        "the run before it" => [dataSet],
        "a place" => [_platform.AddDataSet("hello", account: _platform.AddAccount("hello")), _platform.AddDataSet("hello", account: _platform.AddAccount("hello"))],
        "a place of its account" => [_platform.AddDataSet("hello", account: account), _platform.AddDataSet("hello", account: account)],
        "the account's concurrency" => [_platform.AddDataSet("hello", account: account)],
        _ => [],
    };

    /// <summary>Another process takes the DataSet's file and keeps it.</summary>
    private async Task HoldFileAsync(DataSetConfiguration dataSet)
    {
        _other = new HostProgram(_platform.DataFolder) { Environment = { ["Connectors__hello__BaseAddress"] = _source.Address.ToString() } }.Start("dataset", "run", dataSet.Id);
        await _waits.Task.WaitAsync(Cancellation);
    }

    private async Task<bool> AnswerAsync(HttpContext context)
    {
        switch (Place)
        {
            case "what Retry-After asks":
                context.Response.Headers.RetryAfter = "60";
                context.Response.StatusCode = 429;
                _waits.TrySetResult();
                return true;
            case "the next try of a request" or "its next attempt":
                context.Response.StatusCode = Place == "its next attempt" ? 500 : 503;
                _waits.TrySetResult();
                return true;
            case "the rest of a reply":
                await context.Response.WriteAsync("{\"greetings\":[", context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                break;
            default:
                break;
        }

        if (Place != "the account's concurrency")
        {
            _waits.TrySetResult();
        }

        await Task.Delay(Timeout.Infinite, context.RequestAborted);
        return true;
    }

    private void Hold(IServiceCollection services) => services.AddSingleton<IConnectorIsolation>(
        provider => new Held(this, ActivatorUtilities.CreateInstance<InProcessIsolation>(provider)));

    /// <summary>Connectors that are slow to open, to migrate, or faster than the store.</summary>
    private sealed class Held(CancelTests test, InProcessIsolation isolation) : IConnectorIsolation
    {
        private int _opened;

        public async Task<IConnectorSession> OpenAsync(OperationPlan plan, OperationSinks sinks, CancellationToken cancellationToken)
        {
            switch (test.Place)
            {
                case "its connector":
                    test._waits.TrySetResult();
                    await Task.Delay(Timeout.Infinite, cancellationToken);
                    break;
                case "its details" or "room in the pipe":
                    return new Session(test);
                case "the account's budget":
                    plan = With(plan, plan.Package.Manifest.Http with { RateBudget = new Host.Http.RateBudget(1, 3600) });
                    (await test._platform.Part<Host.Http.SourceHttp>().GateOf(plan.AccountKey, plan.Package.Manifest.Http).EnterAsync(cancellationToken)).Dispose();
                    test._waits.TrySetResult();
                    break;
                case "the account's concurrency":
                    plan = With(plan, plan.Package.Manifest.Http with { MaxConcurrency = 1 });
                    if (Interlocked.Increment(ref _opened) > 1)
                    {
                        test._waits.TrySetResult();
                    }

                    break;
                default:
                    break;
            }

            return await isolation.OpenAsync(plan, sinks, cancellationToken);
        }

        private static OperationPlan With(OperationPlan plan, Host.Http.HttpPolicy policy) =>
            plan with { Package = plan.Package with { Manifest = plan.Package.Manifest with { Http = policy } } };
    }

    private sealed class Session(CancelTests test) : IConnectorSession
    {
        public Task<AccountIdentity> CheckAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<MenuOption>> GetMenuAsync(MenuRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        // Never looks at its token: the store alone holds it up.
        public async IAsyncEnumerable<RecordBatch> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Yield();
            var batch = ConnectorBench.Batch(null, [.. Enumerable.Range(0, 20_000).Select(id => new { Id = id, Text = "A greeting that takes some room" })]);
            while (true)
            {
                test._waits.TrySetResult();
                yield return batch;
            }
        }

        public async Task<JsonElement> MigrateDetailsAsync(int fromVersion, CancellationToken cancellationToken)
        {
            test._waits.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return default;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
