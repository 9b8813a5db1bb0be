using System.Globalization;

namespace ConnectorPlatform.Host.Cli;

/// <summary>How durations are written on the command line: 30s, 5m, 26h or 8d.</summary>
internal static class Durations
{
    /// <summary>No timer of the platform waits longer.</summary>
    public static readonly TimeSpan MostOfTimers = TimeSpan.FromDays(40);

    /// <param name="what">What is written so, such as an option's name.</param>
    /// <param name="text">The duration; 0 needs no unit.</param>
    /// <param name="most">The longest that is allowed.</param>
    /// <exception cref="PlatformException">The text is no duration, or too long a one.</exception>
    public static TimeSpan Parse(string what, string text, TimeSpan most)
    {
        if (text == "0")
        {
            return TimeSpan.Zero;
        }

        TimeSpan? unit = text is [.., var letter] ? char.ToLowerInvariant(letter) switch
        {
            's' => TimeSpan.FromSeconds(1),
            'm' => TimeSpan.FromMinutes(1),
            'h' => TimeSpan.FromHours(1),
            'd' => TimeSpan.FromDays(1),
            _ => null,
        } : null;
        return unit is { } known && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= most / known
            ? known * count
            : throw new PlatformException(
                PlatformFault.Input, $"{what} \"{text}\" is no duration; write a whole number with s, m, h or d behind it, such as 30s, 5m, 26h or 8d, and at most {most.TotalDays:0}d.");
    }
}
