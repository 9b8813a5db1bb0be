using System.Text.RegularExpressions;

namespace ConnectorPlatform.Connectors.Bitly;

/// <summary>Bitlinks as people paste them.</summary>
internal static partial class Bitlink
{
    /// <summary>
    /// Makes <c>domain/back-half</c> of what was pasted: without scheme, query, fragment, the trailing <c>+</c> of the statistics page, and with a
    /// lower-case domain. The back-half keeps its case, which tells Bitlinks apart.
    /// </summary>
    public static string Normalise(string? pasted)
    {
        var text = (pasted ?? "").Trim();
        var match = Pasted().Match(text);
        var backHalf = match.Success ? Uri.UnescapeDataString(match.Groups["back"].Value) : "";
        if (backHalf is "" or "." or ".." || backHalf.Any(letter => char.IsControl(letter) || char.IsWhiteSpace(letter) || letter == '/'))
        {
            throw new ConnectorException(
                FailureKind.Details,
                text.Length == 0
                    ? "Bitly Link is empty. Paste a short link such as bit.ly/2Ab3Cd4."
                    : $"Bitly Link \"{text}\" is no Bitlink. Paste a short link such as bit.ly/2Ab3Cd4 or go.example.com/offer.");
        }

        return $"{match.Groups["domain"].Value.ToLowerInvariant()}/{backHalf}";
    }

    /// <summary>The Bitlink as it stands in a path: its slash is not escaped.</summary>
    public static string ToPath(string bitlink) => string.Join('/', bitlink.Split('/').Select(Uri.EscapeDataString));

    [GeneratedRegex(@"^(?:https?:)?(?://)?(?<domain>[a-z0-9-]+(?:\.[a-z0-9-]+)+)/(?<back>[^/?#+]+)\+?/?(?:[?#].*)?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Pasted();
}
