using System.Buffers;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ConnectorPlatform.Host.Http;

/// <summary>Hides credentials in everything that people read: log lines, messages, excerpts of replies.</summary>
internal sealed class SecretMask
{
    private const string Hidden = "•••";

    /// <summary>Shorter values are no secrets, and masking them would make every text unreadable.</summary>
    private const int ShortestSecret = 4;

    /// <summary>The ways in which a text is written in logs, addresses, JSON, pages and headers; the first is as it is.</summary>
    public static readonly IReadOnlyList<Func<string, string>> Encodings =
    [
        text => text,
        Uri.EscapeDataString,
        text => WebUtility.UrlEncode(text),
        JavaScriptEncoder.Default.Encode,
        JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode,
        HtmlEncoder.Default.Encode,
        Base64,
    ];

    private readonly string[] _longestFirst;
    private readonly SearchValues<string> _any;

    private SecretMask(IEnumerable<string> forms)
    {
        _longestFirst = [.. forms.Distinct(StringComparer.OrdinalIgnoreCase).OrderByDescending(form => form.Length)];
        _any = SearchValues.Create(_longestFirst, StringComparison.OrdinalIgnoreCase);
    }

    public static SecretMask None { get; } = new([]);

    /// <summary>A mask for all texts in the credentials, as they are and as they are written in URLs, JSON and basic authentication.</summary>
    /// <param name="credentials">The filled form.</param>
    /// <param name="form">Its JSON Schema. The choices that it offers, such as <c>token</c> for a way to connect, everybody can read there: they stay in messages.</param>
    public static SecretMask For(JsonElement credentials, JsonElement? form = null)
    {
        var texts = Texts(credentials).ToArray();
        var choices = form is { } schema ? Choices(schema).ToHashSet() : [];
        var secrets = texts.Where(text => text.Length >= ShortestSecret && !choices.Contains(text));

        // Basic authentication joins two credentials, or one and nothing.
        var pairs = texts.Append("").SelectMany(user => texts.Append("").Select(password => $"{user}:{password}"))
            .Where(pair => pair.Length > ShortestSecret);
        return new(secrets.SelectMany(Forms).Concat(pairs.Select(Base64)));
    }

    /// <summary>A mask that also hides what the other does.</summary>
    public SecretMask And(SecretMask other) => new(_longestFirst.Concat(other._longestFirst));

    public string Mask(string text)
    {
        if (text.AsSpan().IndexOfAny(_any) < 0)
        {
            return text;
        }

        foreach (var form in _longestFirst)
        {
            text = text.Replace(form, Hidden, StringComparison.OrdinalIgnoreCase);
        }

        return text;
    }

    private static IEnumerable<string> Texts(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => [element.GetString()!],
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => Texts(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Texts),
        _ => [],
    };

    private static IEnumerable<string> Choices(JsonElement schema) => schema.ValueKind switch
    {
        JsonValueKind.Object => schema.EnumerateObject().SelectMany(member => member.Name is "const" or "enum" ? Texts(member.Value) : Choices(member.Value)),
        JsonValueKind.Array => schema.EnumerateArray().SelectMany(Choices),
        _ => [],
    };

    private static IEnumerable<string> Forms(string secret) => Encodings.Select(encode => encode(secret));

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).TrimEnd('=');
}
