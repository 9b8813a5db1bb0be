using System.Buffers;
using System.Text;
using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Authoring.Recording;

/// <summary>The texts that must not stand in sample data: puts those of a sample account in their place, and finds what is left of them.</summary>
internal sealed class SecretTexts
{
    /// <summary>Shorter texts, such as a country's code, stand everywhere by chance.</summary>
    private const int ShortestReplaced = 4;

    /// <summary>Characters of a secret that together give it away.</summary>
    public const int PartLength = 8;

    /// <summary>Two characters a byte.</summary>
    private const int HexadecimalPartLength = 2 * PartLength;

    private readonly List<(string Text, string StandIn)> _longestFirst;
    private readonly SearchValues<string> _parts;

    /// <param name="replaced">Every text with what stands in sample data instead.</param>
    /// <param name="secrets">Those of which no part may remain.</param>
    public SecretTexts(IEnumerable<(string Text, string StandIn)> replaced, IEnumerable<string> secrets)
    {
        var texts = replaced.Where(pair => pair.Text.Length >= ShortestReplaced).Distinct().ToList();
        var joined = texts.SelectMany(user => texts.Append((Text: "", StandIn: ""))
            .SelectMany(password => new[] { Join(user, password), Join(password, user) }));
        _longestFirst = [.. texts.SelectMany(Forms).Concat(joined).DistinctBy(pair => pair.Text).OrderByDescending(pair => pair.Text.Length)];
        var parts = secrets.SelectMany(Parts).ToHashSet(StringComparer.OrdinalIgnoreCase);
        _parts = SearchValues.Create([.. parts], StringComparison.OrdinalIgnoreCase);
    }

    public string Replace(string text) => _longestFirst.Aggregate(
        text, (replaced, pair) => replaced.Replace(pair.Text, pair.StandIn, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a part of a secret stands in the text, as it is or as it is written in addresses, base64 or hexadecimal digits.</summary>
    public bool RemainIn(string text) =>
        text.AsSpan().ContainsAny(_parts) || (text.Contains('%', StringComparison.Ordinal) && Uri.UnescapeDataString(text).AsSpan().ContainsAny(_parts));

    /// <summary>A sample account's text for a credential.</summary>
    /// <param name="name">The credential's name.</param>
    /// <param name="secrets">Texts of which it must hold no part, lest the sample look like a secret.</param>
    public static string StandInFor(string name, IReadOnlyList<string> secrets)
    {
        string[] candidates = [$"sample-{name.Replace('_', '-')}", "sample-credential", "s-a-m-p-l-e"];
        return candidates.First(candidate => candidate == candidates[^1] || !new SecretTexts([], secrets).RemainIn(candidate));
    }

    private static IEnumerable<(string Text, string StandIn)> Forms((string Text, string StandIn) pair) =>
        SecretMask.Encodings.Select(encode => (encode(pair.Text), encode(pair.StandIn)));

    /// <summary>As basic authentication joins two credentials, or one and nothing.</summary>
    private static (string Text, string StandIn) Join((string Text, string StandIn) user, (string Text, string StandIn) password) =>
        (Base64($"{user.Text}:{password.Text}"), Base64($"{user.StandIn}:{password.StandIn}"));

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).TrimEnd('=');

    private static IEnumerable<string> Parts(string secret)
    {
        if (secret.Length < ShortestReplaced)
        {
            return [];
        }

        // Where a text begins within the groups of three bytes decides how base64 writes it; its edges depend on what stands beside it.
        var base64 = Enumerable.Range(0, 3).Select(shift => Base64(new string(' ', shift) + secret)[(shift == 0 ? 0 : 4)..])
            .SelectMany(text => Windows(text.Length > PartLength + 2 ? text[..^2] : "", PartLength));
        return Windows(secret, PartLength).Concat(base64).Concat(Windows(Convert.ToHexString(Encoding.UTF8.GetBytes(secret)), HexadecimalPartLength));
    }

    private static IEnumerable<string> Windows(string text, int length) => text.Length == 0 ? []
        : text.Length <= length ? [text]
        : Enumerable.Range(0, text.Length - length + 1).Select(start => text.Substring(start, length));
}
