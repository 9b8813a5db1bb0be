using System.Text.Json.Serialization;

namespace ConnectorPlatform.Host.Accounts.OAuth;

/// <summary>What a source has granted to an account: tokens, which never leave the store but for an operation.</summary>
internal sealed record Grant
{
    public required string AccessToken { get; init; }

    /// <summary>Null when the source gives none: the grant then lives as long as its access token.</summary>
    public string? RefreshToken { get; init; }

    public required DateTimeOffset GrantedAt { get; init; }

    /// <summary>When the access token stops working, if the source tells.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When somebody must sign in again; null when it renews itself or does not end.</summary>
    [JsonIgnore]
    public DateTimeOffset? EndsForGood => RefreshToken is null ? ExpiresAt : null;

    /// <summary>Why the source will not renew it any more; null while it does. Asking it again would not help and may get the client locked.</summary>
    public string? RefusedBecause { get; init; }

    /// <summary>
    /// Whether the access token will do for now. The margin is for a clock that runs behind and for the request under way; of a token that lives
    /// for minutes only it is a quarter of its life, as such a token would otherwise never be fresh.
    /// </summary>
    public bool IsFresh(DateTimeOffset now)
    {
        if (ExpiresAt is not { } end)
        {
            return true;
        }

        var quarter = (end - GrantedAt) / 4;
        return now < end - (quarter < LongestMargin ? quarter : LongestMargin);
    }

    // A clock that is off by five minutes, and as much again for a request that begins late.
    private static readonly TimeSpan LongestMargin = TimeSpan.FromMinutes(10);

    /// <summary>The grant after a refresh; what the source did not say again stays.</summary>
    public Grant After(TokenReply reply, DateTimeOffset now) => reply.ToGrant(now) is var fresh && fresh.RefreshToken is null ? fresh with { RefreshToken = RefreshToken } : fresh;
}

/// <summary>A grant as it is stored.</summary>
/// <param name="Version">Rises with every change.</param>
internal sealed record StoredGrant(Grant Grant, long Version);
