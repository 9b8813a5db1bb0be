using System.Text.Json;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Accounts.OAuth;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.SignIn;
using ConnectorPlatform.Host.Schedules;
using ConnectorPlatform.Tests.Support;
using Microsoft.AspNetCore.WebUtilities;
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
        var account = await ConnectAsync(_platform);

        _time.Advance(TimeSpan.FromMinutes(minutes));
        var before = await TokenAsync(_platform, account);
        var again = await TokenAsync(_platform, account);

        Assert.Equal(before, again);
        Assert.Equal(refreshes, _source.Refreshes);
    }

    [Fact]
    public async Task A_clock_that_is_five_minutes_off_still_sends_no_token_that_has_ended()
    {
        var account = await ConnectAsync(_platform);

        // This host's clock says that the token has eight minutes left; the source's may say three, or thirteen.
        _time.Advance(TimeSpan.FromMinutes(52));
        await TokenAsync(_platform, account);

        Assert.Equal(1, _source.Refreshes);
    }

    [Fact]
    public async Task Twenty_runs_in_two_processes_renew_a_token_once()
    {
        await using var first = NewPlatform(null, TimeProvider.System);
        _source.Lifetime = 1;
        var account = await ConnectAsync(first);
        await using var second = NewPlatform(first.DataFolder, TimeProvider.System);
        _source.Lifetime = 3600;
        var (asked, answered) = (new TaskCompletionSource(), new TaskCompletionSource());
        _source.InsteadOfTokens = async _ =>
        {
            asked.TrySetResult();
            await answered.Task.WaitAsync(Cancellation);
            return false;
        };
        var granted = first.Part<GrantStore>().Find(account)!;
        first.Part<GrantStore>().TryReplace(account.Id, granted.Version, granted.Grant with { ExpiresAt = DateTimeOffset.UnixEpoch });

        var runs = Enumerable.Range(0, 20).Select(number => Task.Run(() => TokenAsync(number % 2 == 0 ? first : second, account), Cancellation)).ToList();
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
        var account = await ConnectAsync(_platform);
        var before = Grants.Find(account)!.Grant.RefreshToken;

        _time.Advance(TimeSpan.FromHours(1));
        await TokenAsync(_platform, account);
        _time.Advance(TimeSpan.FromHours(1));
        await TokenAsync(_platform, account);

        Assert.Equal(2, _source.Refreshes);
        Assert.Equal(before, Grants.Find(account)!.Grant.RefreshToken);
    }

    [Fact]
    public async Task A_refused_token_is_renewed_once_and_the_request_repeated_once()
    {
        var account = await ConnectAsync(_platform);
        var dataSet = AddDataSet(_platform, account);
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
        var account = await ConnectAsync(platform);
        _source.RefuseAccess("acme");

        var run = await platform.RunAsync(AddDataSet(platform, account));

        Assert.True(run.IsSuccess, run.Failure?.Message);
        Assert.Equal(1, _source.Refreshes);
    }

    [Fact]
    public async Task Without_a_refresh_token_a_refused_token_asks_to_reconnect()
    {
        _source.GivesRefreshTokens = false;
        _source.Lifetime = null;
        var account = await ConnectAsync(_platform);
        _source.RefuseAccess("acme");

        var run = await _platform.RunAsync(AddDataSet(_platform, account));

        Assert.Equal(RunFailureKind.Credentials, run.Failure?.Kind);
        Assert.Equal(0, _source.Refreshes);
    }

    [Fact]
    public async Task A_grant_that_the_source_has_ended_is_asked_for_once_and_schedules_wait_until_the_account_is_reconnected()
    {
        var account = await ConnectAsync(_platform);
        var (first, second) = (AddDataSet(_platform, account), AddDataSet(_platform, account));
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
        var account = await ConnectAsync(_platform);
        _source.InsteadOfTokens = context =>
        {
            context.Response.StatusCode = status;
            return Task.FromResult(true);
        };
        _time.Advance(TimeSpan.FromMinutes(55));
        await TokenAsync(_platform, account);
        _time.Advance(TimeSpan.FromMinutes(55));

        var run = await _platform.RunAsync(AddDataSet(_platform, account));

        Assert.Equal(RunFailureKind.Source, run.Failure?.Kind);
        Assert.False(_platform.Part<AccountStore>().GetById(account.Id).IsRefused);
    }

    [Fact]
    public async Task A_process_that_dies_between_a_tokens_arrival_and_its_storing_leaves_the_grant_usable()
    {
        _source.Rotates = false;
        var account = await ConnectAsync(_platform);
        _time.Advance(TimeSpan.FromHours(1));

        // What a killed process leaves: its lease, and the grant as it was.
        await using (var dead = NewPlatform(_platform.DataFolder, _time))
        {
            Assert.NotNull(dead.Part<GrantStore>().TryLease(account.Id, TimeSpan.FromDays(1)));
        }

        Assert.NotEmpty(await TokenAsync(_platform, account));
    }

    [Fact]
    public async Task A_refresh_that_ends_after_a_reconnect_does_not_undo_it()
    {
        var account = await ConnectAsync(_platform);
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

        Assert.Equal("given-meanwhile", await TokenAsync(_platform, account));
        Assert.Equal(reconnected, Grants.Find(account)!.Grant);
    }

    private GrantStore Grants => _platform.Part<GrantStore>();

    private TestPlatform NewPlatform(string? folder, TimeProvider time) => folder is null
        ? new TestPlatform { Time = time, Settings = Settings() }
        : new TestPlatform { Time = time, Settings = Settings(), DataFolder = folder };

    private Dictionary<string, string?> Settings(params (string Name, string? Value)[] more) =>
        _source.Settings.Select(setting => (setting.Name, (string?)setting.Value)).Concat(more).ToDictionary(setting => setting.Name, setting => setting.Item2);

    private async Task<Account> ConnectAsync(TestPlatform platform)
    {
        var signIns = platform.Part<AccountSignIn>();
        var asked = signIns.Begin(
            new SignInWish { Package = platform.Part<ConnectorCatalog>().Find("bitly"), Credentials = JsonElement.Parse("""{ "sign_in": "oauth" }"""), RedirectUri = "http://127.0.0.1/back" }, "browser");
        var back = QueryHelpers.ParseQuery(_source.Consent(asked, "acme").Query);
        var id = await signIns.CompleteAsync(new SignInAnswer("bitly", back["state"]!, back["code"], null, null, null), "browser", Cancellation);
        var (_, outcome) = signIns.Get(id, "browser");
        return platform.Part<AccountStore>().GetById(outcome?.AccountId ?? throw new InvalidOperationException(outcome?.Failure));
    }

    private async Task<Grant> GrantAsync()
    {
        await using var other = NewPlatform(null, _time);
        return other.Part<GrantStore>().Find(await ConnectAsync(other))!.Grant;
    }

    private void Reconnect(Account account, Grant grant) => _platform.Part<MetadataDatabase>().Together(() =>
    {
        _platform.Part<AccountStore>().Replace(account, JsonElement.Parse("""{ "sign_in": "oauth" }"""));
        Grants.Put(account.Id, grant);
    });

    private static async Task<string> TokenAsync(TestPlatform platform, Account account) =>
        (await platform.Part<AccountCredentials>().OpenAsync(account, platform.Part<ConnectorCatalog>().Find("bitly"), "a test", Cancellation)).Values.GetProperty("access_token").GetString()!;

    private Task<FireOutcome> FireAsync(DataSetConfiguration dataSet) => _platform.Part<ScheduledRuns>().RunAsync(
        new Fire { ScheduleId = "schedule", DataSetId = dataSet.Id, At = _time.GetUtcNow(), LogId = "log" }, Cancellation);

    private static DataSetConfiguration AddDataSet(TestPlatform platform, Account account) => platform.AddDataSet(
        "bitly", account: account, details: JsonElement.Parse("""{ "report": "link_information", "bitly_link": "bit.ly/2Qj2niP" }"""));
}
