using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace ConnectorPlatform.Host.Notices.Channels;

/// <summary>Sends notices to webhooks.</summary>
internal sealed class WebhookSender(TimeProvider time) : IDisposable
{
    /// <summary>Carries the seconds since 1970 at which the request was signed.</summary>
    public const string TimestampHeader = "Notice-Timestamp";

    /// <summary>Carries <c>v1=</c> and the signature as <see cref="Sign"/> makes it.</summary>
    public const string SignatureHeader = "Notice-Signature";

    /// <summary>The notice's id: the same when a request is repeated.</summary>
    public const string KeyHeader = "Idempotency-Key";

    /// <summary>Bytes; a receiver has little to say, and what it says beyond this is not read.</summary>
    private const int LargestReply = 4 * 1024;

    // A redirect would take the notice, and a secret address, elsewhere.
    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        MaxResponseHeadersLength = 16,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectTimeout = TimeSpan.FromSeconds(10),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>HMAC-SHA256 over the timestamp, a full stop and the body, in UTF-8, with the key's text as key; in lower-case hexadecimal digits.</summary>
    public static string Sign(string signingKey, string timestamp, string body) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(signingKey), Encoding.UTF8.GetBytes($"{timestamp}.{body}")));

    /// <returns>What the receiver said.</returns>
    /// <exception cref="NoticeDeliveryException">It cannot be reached, or does not take the notice.</exception>
    public async Task<string> SendAsync(NoticeRule rule, NoticeSecret secret, Notice notice, NoticeText text, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, NoticeAddress.Check(secret.Url!, isSecret: true));
        var body = WebhookBodies.Of(rule, notice, text);
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("ConnectorPlatform", null));
        request.Headers.Add(KeyHeader, notice.Id);
        if (rule.Channel == NoticeChannel.Webhook)
        {
            var timestamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            request.Headers.Add(TimestampHeader, timestamp);
            request.Headers.Add(SignatureHeader, $"v1={Sign(secret.SigningKey!, timestamp, body)}");
        }

        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            var answer = $"{(int)response.StatusCode} {await BeginningAsync(response.Content, cancellationToken).ConfigureAwait(false)}".TrimEnd();
            return response.IsSuccessStatusCode ? answer : throw Refused(response, answer);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new NoticeDeliveryException($"{rule.Target.Origin} cannot be reached, or broke off: {exception.Message}", exception);
        }
    }

    public void Dispose() => _client.Dispose();

    private NoticeDeliveryException Refused(HttpResponseMessage response, string answer) =>
        new((int)response.StatusCode is >= 300 and < 400
            ? $"The receiver answered {answer}: it sends the notice elsewhere, which is not followed. Give the rule the new address."
            : $"The receiver answered {answer}")
        {
            RetryAfter = response.Headers.RetryAfter switch
            {
                { Delta: { } delay } => delay,
                { Date: { } instant } => instant - time.GetUtcNow(),
                _ => null,
            },
        };

    private static async Task<string> BeginningAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var buffer = new byte[LargestReply];
            var length = await stream.ReadAtLeastAsync(buffer, LargestReply, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            return Encoding.UTF8.GetString(buffer, 0, length);
        }
    }
}
