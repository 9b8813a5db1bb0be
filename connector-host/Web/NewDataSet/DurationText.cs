using System.Globalization;
using System.Text.RegularExpressions;

namespace ConnectorPlatform.Host.Web.NewDataSet;

/// <summary>A duration as people write it in a form: <c>90 seconds</c>, <c>5 minutes</c>, <c>26 hours</c>, <c>8 days</c>. What is written comes back in the unit that says it whole.</summary>
internal static partial class DurationText
{
    private static readonly (string Name, TimeSpan Length)[] Units =
        [("day", TimeSpan.FromDays(1)), ("hour", TimeSpan.FromHours(1)), ("minute", TimeSpan.FromMinutes(1)), ("second", TimeSpan.FromSeconds(1))];

    public static string Write(TimeSpan duration)
    {
        // The day and a quarter that people call 30 hours is no number of days.
        var (name, length) = Units.FirstOrDefault(unit => duration >= unit.Length && duration.Ticks % unit.Length.Ticks == 0, Units[^1]);
        var count = (decimal)duration.Ticks / length.Ticks;
        return string.Create(CultureInfo.InvariantCulture, $"{count:0.#######} {name}{(count == 1 ? "" : "s")}");
    }

    /// <returns>Null when it is none, or beyond every time span.</returns>
    public static TimeSpan? Read(string text)
    {
        var match = Duration().Match(text.Trim());
        if (!match.Success || !decimal.TryParse(match.Groups["count"].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count))
        {
            return null;
        }

        var length = Units.First(unit => match.Groups["unit"].Value.StartsWith(unit.Name[..1], StringComparison.OrdinalIgnoreCase)).Length;
        return count <= (decimal)TimeSpan.MaxValue.Ticks / length.Ticks ? TimeSpan.FromTicks((long)(count * length.Ticks)) : null;
    }

    [GeneratedRegex("^(?<count>[0-9]{1,12}([.][0-9]{1,7})?) *(?<unit>s|seconds?|m|minutes?|h|hours?|d|days?)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Duration();
}
