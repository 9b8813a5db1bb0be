using System.Globalization;

namespace ConnectorPlatform.Host;

/// <summary>Numbers with what they count.</summary>
internal static class Counted
{
    /// <summary>Such as <c>1 row</c> and <c>1234 rows</c>.</summary>
    /// <param name="number">How many.</param>
    /// <param name="noun">One of them; several have an <c>s</c> at its end.</param>
    public static string Of(long number, string noun) => string.Create(CultureInfo.InvariantCulture, $"{number} {noun}{(number == 1 ? "" : "s")}");
}
