using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Connectors;

namespace ConnectorPlatform.Host.Runs;

/// <summary>Asks once a day for every account whether it works, so that its owner hears of trouble before the DataSets are stale; spread over the day.</summary>
internal sealed partial class AccountProbe(
    AccountStore accounts, AccountSetup setup, ConnectorCatalog catalog, RunNotices notices, TimeProvider time, ILogger<AccountProbe> log) : BackgroundService
{
    private const int MostAtOnce = 20;

    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan RecentlyChecked = TimeSpan.FromHours(12);

    /// <summary>Probes what is due now, and tells of every account that is refused.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        foreach (var account in accounts.TakeDue(MostAtOnce, NextTime))
        {
            // What somebody has checked within half a day needs no probe, and of a connector that is gone nobody can be asked.
            if (account.CheckedAt > time.GetUtcNow() - RecentlyChecked || catalog.Packages.All(package => package.Manifest.Id != account.Connector))
            {
                continue;
            }

            await GuardAsync(() => setup.TestAsync(account, cancellationToken)).ConfigureAwait(false);
        }

        foreach (var state in AccountState.OfAll(accounts, time.GetUtcNow()).Where(state => state.Account.IsRefused))
        {
            notices.TellRefused(state);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(LookEvery, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!stoppingToken.IsCancellationRequested)
            {
                await GuardAsync(() => LookAsync(stoppingToken)).ConfigureAwait(false);
            }
        }
    }

    // Each account has its own time of day, the same every day.
    private DateTimeOffset NextTime(Account account)
    {
        var offset = TimeSpan.FromDays(1) * (BitConverter.ToUInt32(SHA256.HashData(Encoding.UTF8.GetBytes(account.Id))) / (double)uint.MaxValue);
        var now = time.GetUtcNow();
        var today = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero) + offset;
        return today > now ? today : today + TimeSpan.FromDays(1);
    }

    [SuppressMessage("Design", "CA1031", Justification = "The border of the server's own work: one account must not keep the others from being probed.")]
    private async Task GuardAsync(Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The server ends; what is due stays due.
        }
        catch (Exception exception)
        {
            LogFailure(log, exception.Message);
        }
    }

    [LoggerMessage(LogLevel.Error, "Accounts cannot be probed: {Message}")]
    private static partial void LogFailure(ILogger log, string message);
}
