using System.Net;
using System.Net.Sockets;
using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.People.Storage;

/// <summary>
/// Slows down who guesses passwords: after a few failures in a row for a name, or more from an address, each further one makes all wait longer.
/// Names that nobody has are treated alike, and an attempt counts before its password is looked at, so that many at once gain nothing.
/// </summary>
internal sealed class SignInAttempts(MetadataDatabase database, TimeProvider time)
{
    private const int FreeOfName = 5;
    private const int FreeOfAddress = 30;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromHours(1);
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromDays(1);

    /// <summary>Counts an attempt.</summary>
    /// <returns>Until when there may be none; null when this one may be made.</returns>
    public DateTimeOffset? Begin(string name, string address) => database.Together(() =>
    {
        var now = time.GetUtcNow();
        database.Execute("DELETE FROM sign_in_attempts WHERE last_at < @before", new { before = now - ForgottenAfter });
        (string Origin, int Free)[] origins = [(OfName(name), FreeOfName), (OfAddress(address), FreeOfAddress)];
        var locks = origins.Select(origin => LockOf(origin.Origin)).Where(until => until > now).ToList();
        if (locks.Count > 0)
        {
            return locks.Max();
        }

        foreach (var (origin, free) in origins)
        {
            Count(origin, free, now);
        }

        return null;
    });

    /// <summary>Forgets the failures of a name whose password was right; the address's other failures stay.</summary>
    public void Succeed(string name, string address) => database.Together(() =>
    {
        database.Execute("DELETE FROM sign_in_attempts WHERE origin = @origin", new { origin = OfName(name) });
        database.Execute("UPDATE sign_in_attempts SET count = count - 1, locked_until = @now WHERE origin = @origin", new { origin = OfAddress(address), now = time.GetUtcNow() });
    });

    private DateTimeOffset? LockOf(string origin) => database.Find<DateTimeOffset?>("SELECT locked_until FROM sign_in_attempts WHERE origin = @origin", new { origin });

    private void Count(string origin, int free, DateTimeOffset now)
    {
        var count = 1 + database.Find<int>("SELECT count FROM sign_in_attempts WHERE origin = @origin", new { origin });
        database.Execute(
            "INSERT OR REPLACE INTO sign_in_attempts (origin, count, last_at, locked_until) VALUES (@origin, @count, @now, @until)",
            new { origin, count, now, until = now + DelayAfter(count, free) });
    }

    private static TimeSpan DelayAfter(int count, int free)
    {
        if (count < free)
        {
            return TimeSpan.Zero;
        }

        var delay = FirstDelay * Math.Pow(2, Math.Min(count - free, 20));
        return delay < LongestDelay ? delay : LongestDelay;
    }

    // Hashed, as people type passwords into the wrong field.
    private static string OfName(string name) => $"name {SecretKey.HashOf(name.Trim().ToLowerInvariant())}";

    // A subscriber has 2^64 addresses of IPv6, which count as one.
    private static string OfAddress(string address) =>
        IPAddress.TryParse(address, out var parsed) && parsed.AddressFamily == AddressFamily.InterNetworkV6 && !parsed.IsIPv4MappedToIPv6
            ? $"address {Convert.ToHexString(parsed.GetAddressBytes().AsSpan(0, 8))}"
            : $"address {address}";
}
