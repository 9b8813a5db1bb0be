using System.Globalization;

namespace ConnectorPlatform.Host;

/// <summary>Numbers with what they count.</summary>
internal static class Counted
{
    /// <summary>Such as <c>1 row</c> and <c>1234 rows</c>.</summary>
    /// <param name="number">How many.</param>
    /// <param name="noun">One of them; several have an <c>s</c> at its end.</param>
    public static string Of(long number, string noun) => string.Create(CultureInfo.InvariantCulture, $"{number} {Noun(number, noun)}");

    /// <summary>The noun as it stands after the number.</summary>
    public static string Noun(long number, string noun) => number == 1 ? noun : noun + "s";
}
