using System.Collections.Concurrent;

namespace ConnectorPlatform.Host.Accounts.OAuth;

/// <summary>Keeps granted tokens fresh: ahead of their end, once for all runs of all processes, and stored before they are used.</summary>
internal sealed class GrantRefresh(GrantStore grants, AccountStore accounts, OAuthClientStore clients, TokenEndpoint endpoint, TimeProvider time)
{
    // Longer than the endpoint may take to answer.
    private static readonly TimeSpan LeaseTerm = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMilliseconds(100);

    // Twenty runs that wait for one another's time-outs would wait for ever: what one has found counts for the others.
    private static readonly TimeSpan TroubleLasts = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<string, (DateTimeOffset Until, string Message)> _troubles = new();

    /// <summary>The account's grant with an access token that will do for now.</summary>
    /// <param name="account">The account.</param>
    /// <param name="server">Where its tokens come from.</param>
    /// <param name="refused">The version whose access token the source has refused; null when it refused none.</param>
    /// <param name="cancellationToken">Ends waiting for it.</param>
    /// <exception cref="ConnectorException">The account must be reconnected, or no token can be had just now.</exception>
    public async Task<StoredGrant> FreshAsync(Account account, AuthorizationServer server, long? refused, CancellationToken cancellationToken)
    {
        while (true)
        {
            var stored = Read(account);
            if (IsToBeUsed(stored, account, refused))
            {
                return stored;
            }

            if (grants.TryLease(account.Id, LeaseTerm) is not { } lease)
            {
                await Task.Delay(LookAgainAfter, time, cancellationToken).ConfigureAwait(false);
                continue;
            }

            try
            {
                // Read again: whoever held the lease until now has done it.
                stored = Read(account);
                if (IsToBeUsed(stored, account, refused) || await TryRefreshAsync(account, server, stored, refused, cancellationToken).ConfigureAwait(false))
                {
                    return Read(account);
                }
            }
            finally
            {
                grants.EndLease(account.Id, lease);
            }
        }
    }

    private StoredGrant Read(Account account) => grants.Find(account) ?? throw MustReconnect(account, "It has no grant any more.");

    private bool IsToBeUsed(StoredGrant stored, Account account, long? refused)
    {
        var (grant, now) = (stored.Grant, time.GetUtcNow());
        if (grant.RefusedBecause is { } why)
        {
            throw MustReconnect(account, why);
        }

        if (stored.Version != refused && grant.IsFresh(now))
        {
            return true;
        }

        if (grant.RefreshToken is not null)
        {
            return false;
        }

        if (stored.Version == refused)
        {
            throw MustReconnect(account, "The source refuses its token, and gave none to renew it with.");
        }

        return grant.ExpiresAt > now ? true : throw MustReconnect(account, "Its access has ended, and the source gave no token to renew it with.");
    }

    /// <returns>False when the account was reconnected meanwhile, so that there is another grant to look at.</returns>
    private async Task<bool> TryRefreshAsync(Account account, AuthorizationServer server, StoredGrant stored, long? refused, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await AskAsync(account, server, stored.Grant.RefreshToken!, cancellationToken).ConfigureAwait(false);
            return grants.TryReplace(account.Id, stored.Version, stored.Grant.After(reply, time.GetUtcNow()));
        }
        catch (GrantRefusedException exception)
        {
            if (!grants.TryReplace(account.Id, stored.Version, stored.Grant with { RefusedBecause = exception.Message }))
            {
                return false;
            }

            accounts.Record(account, new AccountCheck(null, null, exception.Message, IsRefused: true));
            throw MustReconnect(account, exception.Message);
        }
        catch (ConnectorException) when (stored.Version != refused && stored.Grant.ExpiresAt > time.GetUtcNow())
        {
            // The token that is there still works for a while; the endpoint may be well again by then.
            return true;
        }
    }

    private async Task<TokenReply> AskAsync(Account account, AuthorizationServer server, string refreshToken, CancellationToken cancellationToken)
    {
        if (_troubles.TryGetValue(account.Id, out var trouble) && trouble.Until > time.GetUtcNow())
        {
            throw new ConnectorException(FailureKind.Source, trouble.Message);
        }

        try
        {
            var client = clients.Find(account.Connector)
                ?? throw new ConnectorException(FailureKind.Source, $"The operator has removed this host's client for {account.Connector}: tokens cannot be renewed until it is set again.");
            return await endpoint.RefreshAsync(server, client, refreshToken, cancellationToken).ConfigureAwait(false);
        }
        catch (ConnectorException exception)
        {
            _troubles[account.Id] = (time.GetUtcNow() + TroubleLasts, exception.Message);
            throw;
        }
    }

    private static ConnectorException MustReconnect(Account account, string why) =>
        new(FailureKind.Credentials, $"The account \"{account.Name}\" must be reconnected. {why}");
}
