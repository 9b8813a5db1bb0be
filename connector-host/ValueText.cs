using System.Globalization;

namespace ConnectorPlatform.Host;

/// <summary>Values of rows and records as people read them, the same on every page and in every table.</summary>
internal static class ValueText
{
    /// <returns>Null for null.</returns>
    public static string? Of(object? value) => value switch
    {
        null => null,
        DateTime instant => instant.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture),
        DateTimeOffset instant => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };
}
