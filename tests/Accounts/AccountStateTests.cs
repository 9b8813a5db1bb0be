using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Notices;
using ConnectorPlatform.Host.Notices.Storage;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace ConnectorPlatform.Tests.Accounts;

/// <summary>What is known of accounts, and how it is found out.</summary>
public sealed class AccountStateTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private GreetingSource _source = null!;
    private TestPlatform _platform = null!;
    private int _status = StatusCodes.Status200OK;
    private int _asked;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _source = await GreetingSource.StartAsync();
        _source.Instead = async context =>
        {
            _asked++;
            context.Response.StatusCode = _status;
            if (_status == StatusCodes.Status200OK)
            {
                await context.Response.WriteAsJsonAsync(new { login = "owner", name = "The Owner" }, Cancellation);
            }
            else if (_status == StatusCodes.Status429TooManyRequests)
            {
                context.Response.Headers.RetryAfter = "7200";
            }

            return true;
        };
        _platform = new TestPlatform { Time = _time, Settings = new() { ["Connectors:bitly:BaseAddress"] = _source.Address.ToString() } };
    }

    public async ValueTask DisposeAsync()
    {
        await _platform.DisposeAsync();
        await _source.DisposeAsync();
    }

    [Theory]
    [InlineData(200, "Connected")]
    [InlineData(401, "ReconnectNeeded")]
    [InlineData(429, "RateLimited")]
    [InlineData(404, "Unreachable")]
    public async Task A_probe_finds_out_how_an_account_is_and_since_when(int status, string expected)
    {
        var account = _platform.AddAccount("bitly");
        Assert.Equal(AccountCondition.NeverChecked, StateOf(account).Condition);
        _status = status;
        await LookAsync();
        var found = StateOf(account);
        var since = _time.GetUtcNow();
        _time.Advance(TimeSpan.FromDays(2));
        await LookAsync();

        Assert.Equal(expected, found.Condition.ToString());
        Assert.Equal((found.Condition, since), (StateOf(account).Condition, StateOf(account).Since));
    }

    [Fact]
    public async Task An_account_is_probed_once_a_day_and_accounts_at_times_of_their_own()
    {
        for (var number = 0; number < 5; number++)
        {
            _platform.AddAccount("bitly");
        }

        await LookAsync();
        var first = _asked;
        var looks = new List<int>();
        for (var hour = 0; hour < 48; hour++)
        {
            _time.Advance(TimeSpan.FromHours(1));
            var before = _asked;
            await LookAsync();
            looks.Add(_asked - before);
        }

        Assert.Equal(5, first);
        Assert.InRange(looks.Sum(), 5, 10);
        Assert.True(looks.Count(asked => asked > 0) > 2);
    }

    [Fact]
    public async Task An_account_that_a_probe_finds_refused_makes_one_notice_and_no_run()
    {
        var account = _platform.AddAccount("bitly");
        var dataSet = _platform.AddDataSet("bitly", account: account);
        _platform.Part<NoticeSetup>().Add(
            new NoticeRule { Id = "", Name = "Accounts", Causes = [NoticeCause.Account], Channel = NoticeChannel.Webhook, Target = new NoticeTarget(), CreatedAt = default },
            new NoticeSecret(Url: $"{_source.Address}hook", SigningKey: "a signing key for tests"));
        _status = StatusCodes.Status401Unauthorized;

        await LookAsync();
        await LookAsync();
        _time.Advance(TimeSpan.FromDays(2));
        await LookAsync();

        Assert.Null(_platform.Part<RunStore>().Last(dataSet.Id));
        var notice = Assert.Single(_platform.Part<NoticeOutbox>().Newest(null, 100));
        Assert.Equal((NoticeCause.Account, account.Name), (notice.Cause, notice.Account));
    }

    [Fact]
    public void Several_DataSets_get_another_account_at_once()
    {
        var (from, to) = (_platform.AddAccount("bitly"), _platform.AddAccount("bitly"));
        var dataSets = Enumerable.Range(0, 3).Select(_ => _platform.AddDataSet("bitly", account: from)).ToList();

        _platform.Part<AccountReplacement>().Replace(from, to, [dataSets[0].Id, dataSets[2].Id], ChangeOrigin.Page);
        var foreign = Assert.Throws<Host.PlatformException>(() => _platform.Part<AccountReplacement>().Replace(from, to, [dataSets[0].Id], ChangeOrigin.Page));

        Assert.Equal([to.Id, from.Id, to.Id], dataSets.Select(dataSet => _platform.Part<DataSetConfigurationStore>().Get(dataSet.Id).AccountId));
        Assert.Contains("does not use the account", foreign.Message, StringComparison.Ordinal);
    }

    private Task LookAsync() => _platform.Part<AccountProbe>().LookAsync(Cancellation);

    private AccountState StateOf(Account account) => AccountState.Of(
        _platform.Part<AccountStore>().GetById(account.Id), _platform.Part<AccountStore>().Uses(account.Id), _time.GetUtcNow());
}
