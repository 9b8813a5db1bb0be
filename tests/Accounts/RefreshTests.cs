using System.Text.Json;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Accounts.OAuth;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Schedules;
using ConnectorPlatform.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace ConnectorPlatform.Tests.Accounts;

/// <summary>Tokens that end and are renewed: once, in time, and stored before they are used.</summary>
public sealed class RefreshTests : IAsyncLifetime
{
    private SignInSource _source = null!;
    private TestPlatform _platform = null!;

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _source = await SignInSource.StartAsync();
        _platform = NewPlatform(null, _time);
    }

    public async ValueTask DisposeAsync()
    {
        await _platform.DisposeAsync();
        await _source.DisposeAsync();
    }

    [Theory]
    [InlineData(49, 0)]
    [InlineData(51, 1)]
    [InlineData(66, 1)]
    public async Task A_token_is_renewed_ahead_of_its_end(int minutes, int refreshes)
    {
        var account = await _platform.ConnectAsync(_source);

        _time.Advance(TimeSpan.FromMinutes(minutes));
        var before = await _platform.TokenAsync(account);
        var again = await _platform.TokenAsync(account);

        Assert.Equal(before, again);
        Assert.Equal(refreshes, _source.Refreshes);
    }

    [Fact]
    public async Task Twenty_runs_in_two_processes_renew_a_token_once()
    {
        await using var first = NewPlatform(null, TimeProvider.System);
        _source.Lifetime = 1;
        var account = await first.ConnectAsync(_source);
        await using var second = NewPlatform(first.DataFolder, TimeProvider.System);
        _source.Lifetime = 3600;
        var (asked, answered) = (new TaskCompletionSource(), new TaskCompletionSource());
        _source.InsteadOfTokens = async _ =>
        {
            asked.TrySetResult();
            await answered.Task.WaitAsync(Cancellation);
            return false;
        };
        first.Expire(account);

        var runs = Enumerable.Range(0, 20).Select(number => Task.Run(() => (number % 2 == 0 ? first : second).TokenAsync(account), Cancellation)).ToList();
        await asked.Task.WaitAsync(Cancellation);
        answered.SetResult();
        var tokens = await Task.WhenAll(runs);

        Assert.Single(tokens.Distinct());
        Assert.Equal(1, _source.Refreshes);
    }

    [Fact]
    public async Task A_reply_without_a_refresh_token_keeps_the_one_that_is_there()
    {
        _source.Rotates = false;
        var account = await _platform.ConnectAsync(_source);
        var before = Grants.Find(account)!.Grant.RefreshToken;

        _time.Advance(TimeSpan.FromHours(1));
        await _platform.TokenAsync(account);
        _time.Advance(TimeSpan.FromHours(1));
        await _platform.TokenAsync(account);

        Assert.Equal(2, _source.Refreshes);
        Assert.Equal(before, Grants.Find(account)!.Grant.RefreshToken);
    }

    [Fact]
    public async Task A_refused_token_is_renewed_once_and_the_request_repeated_once()
    {
        var account = await _platform.ConnectAsync(_source);
        var dataSet = _platform.AddLinkDataSet(account);
        _source.RefuseAccess("acme");

        var run = await _platform.RunAsync(dataSet);

        Assert.True(run.IsSuccess, run.Failure?.Message);
        Assert.Equal(1, _source.Refreshes);
        Assert.Equal(1, run.Attempts);
    }

    [Fact]
    public async Task A_worker_renews_a_refused_token_too()
    {
        await using var platform = new TestPlatform
        {
            Settings = Settings(("Connectors:Isolation", "Workers")),
        };
        var account = await platform.ConnectAsync(_source);
        _source.RefuseAccess("acme");

        var run = await platform.RunAsync(platform.AddLinkDataSet(account));

        Assert.True(run.IsSuccess, run.Failure?.Message);
        Assert.Equal(1, _source.Refreshes);
    }

    [Fact]
    public async Task Without_a_refresh_token_a_refused_token_asks_to_reconnect()
    {
        _source.GivesRefreshTokens = false;
        _source.Lifetime = null;
        var account = await _platform.ConnectAsync(_source);
        _source.RefuseAccess("acme");

        var run = await _platform.RunAsync(_platform.AddLinkDataSet(account));

        Assert.Equal(RunFailureKind.Credentials, run.Failure?.Kind);
        Assert.Equal(0, _source.Refreshes);
    }

    [Fact]
    public async Task A_grant_that_the_source_has_ended_is_asked_for_once_and_schedules_wait_until_the_account_is_reconnected()
    {
        var account = await _platform.ConnectAsync(_source);
        var (first, second) = (_platform.AddLinkDataSet(account), _platform.AddLinkDataSet(account));
        _source.Revoke("acme");
        _time.Advance(TimeSpan.FromHours(1));

        var failed = await _platform.RunAsync(first);
        var waits = await FireAsync(second);
        await _platform.RunAsync(second);
        Assert.Equal(1, _source.Refreshes);
        _time.Advance(TimeSpan.FromMinutes(1));
        Reconnect(account, await GrantAsync());
        var resumed = await FireAsync(first);

        Assert.Equal(RunFailureKind.Credentials, failed.Failure?.Kind);
        Assert.Equal(FireEnd.AccountTrouble, waits.End);
        Assert.Contains("must be reconnected", waits.Message, StringComparison.Ordinal);
        Assert.Equal(FireEnd.Ran, resumed.End);
        Assert.Contains("Succeeded", resumed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(429)]
    public async Task Trouble_of_the_token_endpoint_is_no_reason_to_reconnect(int status)
    {
        var account = await _platform.ConnectAsync(_source);
        _source.InsteadOfTokens = context =>
        {
            context.Response.StatusCode = status;
            return Task.FromResult(true);
        };
        _time.Advance(TimeSpan.FromMinutes(55));
        await _platform.TokenAsync(account);
        _time.Advance(TimeSpan.FromMinutes(55));

        var run = await _platform.RunAsync(_platform.AddLinkDataSet(account));

        Assert.Equal(RunFailureKind.Source, run.Failure?.Kind);
        Assert.False(_platform.Part<AccountStore>().GetById(account.Id).IsRefused);
    }

    [Fact]
    public async Task A_refresh_that_ends_after_a_reconnect_does_not_undo_it()
    {
        var account = await _platform.ConnectAsync(_source);
        _time.Advance(TimeSpan.FromHours(1));
        Grant? reconnected = null;
        _source.InsteadOfTokens = async _ =>
        {
            if (reconnected is null)
            {
                reconnected = new Grant { AccessToken = "given-meanwhile", GrantedAt = _time.GetUtcNow() };
                await Task.Run(() => Reconnect(account, reconnected), Cancellation);
            }

            return false;
        };

        Assert.Equal("given-meanwhile", await _platform.TokenAsync(account));
        Assert.Equal(reconnected, Grants.Find(account)!.Grant);
    }

    private GrantStore Grants => _platform.Part<GrantStore>();

    private TestPlatform NewPlatform(string? folder, TimeProvider time) => folder is null
        ? new TestPlatform { Time = time, Settings = Settings() }
        : new TestPlatform { Time = time, Settings = Settings(), DataFolder = folder };

    private Dictionary<string, string?> Settings(params (string Name, string? Value)[] more) =>
        _source.Settings.Select(setting => (setting.Name, (string?)setting.Value)).Concat(more).ToDictionary(setting => setting.Name, setting => setting.Item2);

    private async Task<Grant> GrantAsync()
    {
        await using var other = NewPlatform(null, _time);
        return other.Part<GrantStore>().Find(await other.ConnectAsync(_source))!.Grant;
    }

    private void Reconnect(Account account, Grant grant) => _platform.Part<MetadataDatabase>().Together(() =>
    {
        _platform.Part<AccountStore>().Replace(account, JsonElement.Parse("""{ "sign_in": "oauth" }"""));
        Grants.Put(account.Id, grant);
    });

    private Task<FireOutcome> FireAsync(DataSetConfiguration dataSet) => _platform.Part<ScheduledRuns>().RunAsync(
        new Fire { ScheduleId = "schedule", DataSetId = dataSet.Id, At = _time.GetUtcNow(), LogId = "log" }, Cancellation);
}
