using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Audit;
using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Accounts;

/// <summary>Real processes that renew the token of one account, together or until they are killed.</summary>
public sealed class GrantProcessTests : IAsyncLifetime
{
    private SignInSource _source = null!;
    private TestPlatform _platform = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _source = await SignInSource.StartAsync();
        _platform = new TestPlatform { Settings = _source.Settings.ToDictionary(setting => setting.Name, setting => (string?)setting.Value) };
    }

    public async ValueTask DisposeAsync()
    {
        await _platform.DisposeAsync();
        await _source.DisposeAsync();
    }

    [Fact]
    public async Task Two_processes_that_need_a_token_at_the_same_time_renew_it_once()
    {
        var account = await _platform.ConnectAsync(_source);
        var dataSets = new[] { _platform.AddLinkDataSet(account), _platform.AddLinkDataSet(account) };
        _platform.Expire(account);
        _source.InsteadOfTokens = async _ =>
        {
            await BothHaveOpenedTheAccountAsync();
            return false;
        };

        var runs = await Task.WhenAll(dataSets.Select(dataSet => Program().RunAsync("dataset", "run", dataSet.Id)));

        Assert.All(runs, run => run.Ended(0));
        Assert.Equal(1, _source.Refreshes);
    }

    /// <summary>While the store is locked, what has arrived cannot have been stored.</summary>
    [Theory]
    [InlineData(false, true, true)]
    [InlineData(true, false, true)]
    [InlineData(true, true, false)]
    public async Task A_process_killed_between_a_tokens_arrival_and_its_storing_loses_nothing_that_the_source_does_not_take_away(
        bool rotates, bool retiresAtOnce, bool works)
    {
        (_source.Rotates, _source.RetiresAtOnce) = (rotates, retiresAtOnce);
        var account = await _platform.ConnectAsync(_source);
        var dataSet = _platform.AddLinkDataSet(account);
        Assert.True((await _platform.RunAsync(dataSet)).IsSuccess);
        var rows = await _platform.ReadAsync(dataSet, StoredText.Rows);
        _platform.Expire(account);
        var before = _platform.GrantOf(account);

        await RunAndKillAsync(dataSet.Id);
        var killed = _platform.GrantOf(account);
        await _platform.Part<RunReconciler>().ReconcileAsync(Cancellation);
        var run = await _platform.RunAsync(dataSet);

        Assert.Equal(before, killed);
        Assert.Equal(2, _source.Refreshes);
        Assert.Equal(works, run.IsSuccess);
        Assert.Equal(rows, await _platform.ReadAsync(dataSet, StoredText.Rows));
        var state = AccountState.Of(_platform.Part<AccountStore>().GetById(account.Id), [], DateTimeOffset.MaxValue);
        Assert.Equal(works, state.Condition != AccountCondition.ReconnectNeeded);
        if (!works)
        {
            Assert.Equal(RunFailureKind.Credentials, run.Failure?.Kind);
            Assert.Contains($"The account \"{account.Name}\" must be reconnected.", run.Failure!.Message, StringComparison.Ordinal);
        }
    }

    private async Task RunAndKillAsync(string dataSetId)
    {
        var (asked, isLocked, answered) = (NewSignal(), NewSignal(), NewSignal());
        _source.InsteadOfTokens = async context =>
        {
            asked.TrySetResult();
            await isLocked.Task.WaitAsync(Cancellation);
            context.Response.OnCompleted(() =>
            {
                answered.TrySetResult();
                return Task.CompletedTask;
            });
            return false;
        };
        using var process = Program().Start("dataset", "run", dataSetId);
        await asked.Task.WaitAsync(Cancellation);
        await Task.Run(() => _platform.Part<MetadataDatabase>().Together(() =>
        {
            isLocked.SetResult();
            answered.Task.Wait(Cancellation);
            process.Kill();
            process.WaitForExit();
        }), Cancellation);
        _source.InsteadOfTokens = _ => Task.FromResult(false);
    }

    private async Task BothHaveOpenedTheAccountAsync()
    {
        while (_platform.Part<AuditLog>().Find(new AuditSearch { What = "credentials used" }, null, 10).Count < 2)
        {
            await Task.Delay(20, Cancellation);
        }
    }

    private HostProgram Program() => new(_platform.DataFolder)
    {
        Environment = _source.Settings.ToDictionary(setting => setting.Name.Replace(":", "__", StringComparison.Ordinal), setting => (string?)setting.Value),
    };

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
