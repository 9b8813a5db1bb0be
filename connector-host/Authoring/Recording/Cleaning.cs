using System.Text;
using System.Text.Json;
using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Authoring.Recording;

/// <summary>Makes the exchanges of sample data from those that were sent.</summary>
internal sealed class Cleaning(Redaction redaction, Func<string, string> clean)
{
    // Transport, which a replay has its own of, and what is of one moment or one server.
    private static readonly HashSet<string> LeftOut = new(StringComparer.OrdinalIgnoreCase)
    {
        "Accept-Ranges", "Age", "Alt-Svc", "Cache-Control", "Connection", "Content-Encoding", "Content-Length", "Content-Type", "Date", "Expires",
        "Keep-Alive", "P3P", "Pragma", "Server", "Server-Timing", "Strict-Transport-Security", "Transfer-Encoding", "Vary", "Via", "X-Powered-By",
    };

    private static readonly string[] Telling = ["auth", "cookie", "token", "secret", "session", "csrf", "xsrf", "api-key", "apikey"];

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Replies come first: the stand-ins for their values are needed where later requests carry them.</summary>
    /// <exception cref="PlatformException">A reply is no text.</exception>
    public IReadOnlyList<SampleExchange> Clean(IReadOnlyList<SentExchange> sent)
    {
        var replies = sent.Select(Reply).ToList();
        return [.. sent.Zip(replies, (exchange, reply) => new SampleExchange { Request = Request(exchange.Request), Reply = reply })];
    }

    public JsonElement CleanDetails(JsonElement details) => redaction.OfRequest(details);

    private SampleRequest Request(RequestParts parts) => new()
    {
        Method = parts.Method,
        Path = clean(string.Join('/', parts.Path.Split('/').Select(Segment))),
        Query = parts.Query.ToDictionary(entry => clean(entry.Key), entry => JsonSerializer.SerializeToElement(redaction.OfRequest(entry.Value))),
        Body = parts.Body is { } body ? redaction.OfRequest(body) : null,
    };

    private string Segment(string segment)
    {
        var text = Uri.UnescapeDataString(segment);
        var replaced = redaction.OfRequest(text);
        return replaced == text ? segment : Uri.EscapeDataString(replaced);
    }

    private SampleReply Reply(SentExchange exchange)
    {
        var text = Text(exchange);
        var json = text.Length > 0 && IsJson(exchange.MediaType) ? Parse(text) : null;
        var headers = exchange.Headers
            .Where(header => !LeftOut.Contains(header.Key) && !Telling.Any(word => header.Key.Contains(word, StringComparison.OrdinalIgnoreCase)))
            .ToDictionary(header => header.Key, header => clean(header.Value));

        // Sample data says of a text that it is plain, and of anything else that it is JSON.
        if (exchange.MediaType is { } type && text.Length > 0 && type != (json is null ? "text/plain" : "application/json"))
        {
            headers["Content-Type"] = $"{type}; charset=utf-8";
        }

        return new SampleReply
        {
            Status = (int)exchange.Status,
            Headers = headers,
            Body = text.Length == 0 ? null
                : json is { } document ? redaction.OfReply(document)
                : JsonSerializer.SerializeToElement(Parse(text) is { } inText ? redaction.OfReply(inText).GetRawText() : clean(text)),
        };
    }

    private static string Text(SentExchange exchange)
    {
        try
        {
            return StrictUtf8.GetString(exchange.Body).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException exception)
        {
            throw new PlatformException(
                PlatformFault.Input,
                $"Nothing was recorded: the reply to {exchange.Request.Method} {exchange.Request.Path.Split('?')[0]} is no UTF-8 text, and sample data holds texts only. Write this exchange by hand.",
                exception);
        }
    }

    private static bool IsJson(string? mediaType) => mediaType is "application/json" || mediaType?.EndsWith("+json", StringComparison.Ordinal) == true;

    /// <summary>An object or a list; null for anything else, which sample data keeps as it was written.</summary>
    private static JsonElement? Parse(string text)
    {
        try
        {
            var json = JsonElement.Parse(text);
            return json.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? json : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
