using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.Web.Api;

/// <summary>An answer that was given to a request with an idempotency key.</summary>
/// <param name="Headers">Those that say where and what the result is.</param>
internal sealed record KeptAnswer(int Status, IReadOnlyDictionary<string, string> Headers, string Body);

/// <summary>Requests with an idempotency key, and what was answered; kept for a day.</summary>
internal sealed class IdempotencyStore(MetadataDatabase database, DataFolder folder, TimeProvider time)
{
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    /// <summary>Claims a key for a request.</summary>
    /// <param name="key">As the client gave it.</param>
    /// <param name="request">What makes two requests the same: method, path and body.</param>
    /// <returns>The answer that was given before; null when the caller is to do what is asked for.</returns>
    /// <exception cref="PlatformException">The same request is under way.</exception>
    /// <exception cref="BadHttpRequestException">The key was used for another request.</exception>
    public KeptAnswer? Claim(string key, ReadOnlySpan<byte> request)
    {
        var now = time.GetUtcNow();
        database.Execute("DELETE FROM idempotency_keys WHERE created_at < @before", new { before = now - Kept });
        var requestHash = Convert.ToHexString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), request));
        var claimed = database.TryInsert(
            "INSERT INTO idempotency_keys (key_hash, request_hash, instance, created_at) VALUES (@KeyHash, @RequestHash, @Instance, @Now)",
            new { KeyHash = HashOf(key), RequestHash = requestHash, folder.Instance, Now = now });
        if (claimed)
        {
            return null;
        }

        var row = database.Find<Row>("SELECT request_hash, instance, status, headers, body FROM idempotency_keys WHERE key_hash = @KeyHash", new { KeyHash = HashOf(key) });
        return row switch
        {
            null => throw new PlatformException(PlatformFault.Busy, "A request with this Idempotency-Key has just failed. Send it again."),
            _ when row.RequestHash != requestHash => throw new BadHttpRequestException(
                "This Idempotency-Key was used for another request within the last 24 hours. Use a new key for a new request.", StatusCodes.Status422UnprocessableEntity),
            { Status: null } when folder.IsAlive(row.Instance) => throw new PlatformException(
                PlatformFault.Busy, "The request with this Idempotency-Key is still under way. Send it again in a moment to get its answer."),
            { Status: null } => throw new PlatformException(
                PlatformFault.Busy, "The server ended during the request with this Idempotency-Key, so that nobody knows whether it was done. Look, and use a new key if it was not; this one is free again when the server has started anew."),
            _ => new KeptAnswer((int)row.Status.Value, JsonSerializer.Deserialize<Dictionary<string, string>>(row.Headers!)!, row.Body!),
        };
    }

    /// <summary>Frees the keys of requests whose process ended before it had answered. Until then they are refused, since nobody knows whether they were done.</summary>
    public void FreeAbandoned()
    {
        var instances = database.Query<string>("SELECT DISTINCT instance FROM idempotency_keys WHERE status IS NULL");
        foreach (var instance in instances.Where(instance => !folder.IsAlive(instance)))
        {
            database.Execute("DELETE FROM idempotency_keys WHERE status IS NULL AND instance = @instance", new { instance });
        }
    }

    /// <summary>Keeps the answer for those who ask again.</summary>
    public void Keep(string key, KeptAnswer answer) => database.Execute(
        "UPDATE idempotency_keys SET status = @Status, headers = @Headers, body = @Body WHERE key_hash = @KeyHash",
        new { KeyHash = HashOf(key), answer.Status, Headers = JsonSerializer.Serialize(answer.Headers), answer.Body });

    /// <summary>Lets a request that changed nothing be sent again.</summary>
    public void Release(string key) => database.Execute("DELETE FROM idempotency_keys WHERE key_hash = @KeyHash AND status IS NULL", new { KeyHash = HashOf(key) });

    private static string HashOf(string key) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private sealed record Row
    {
        public required string RequestHash { get; init; }

        public required string Instance { get; init; }

        public long? Status { get; init; }

        public string? Headers { get; init; }

        public string? Body { get; init; }
    }
}
