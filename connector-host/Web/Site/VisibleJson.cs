using System.Globalization;
using System.Text.RegularExpressions;

namespace ConnectorPlatform.Host.Web.Site;

/// <summary>JSON as a page shows it: signs that turn the direction of writing stand in it as escapes, or what follows them would be read backwards.</summary>
internal static partial class VisibleJson
{
    public static string Of(string json) => Turning().Replace(json, sign => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)sign.Value[0]:x4}"));

    // Marks, embeddings, overrides and isolates.
    [GeneratedRegex(@"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")]
    private static partial Regex Turning();
}
