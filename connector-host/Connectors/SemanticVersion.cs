using System.Globalization;
using System.Text.RegularExpressions;

namespace ConnectorPlatform.Host.Connectors;

/// <summary>Orders versions as semver.org says: 1.10.0 is above 1.9.0, and 2.0.0 above 2.0.0-beta.1. Build metadata does not count.</summary>
internal sealed partial class SemanticVersion : IComparable<SemanticVersion>
{
    private readonly int[] _numbers;
    private readonly string[] _preRelease;

    private SemanticVersion(Match match)
    {
        _numbers = [.. Enumerable.Range(1, 3).Select(i => int.Parse(match.Groups[i].ValueSpan, CultureInfo.InvariantCulture))];
        _preRelease = match.Groups["pre"].Success ? match.Groups["pre"].Value.Split('.') : [];
    }

    public static SemanticVersion Parse(string text) =>
        Pattern().Match(text) is { Success: true } match ? new(match) : throw new FormatException($"\"{text}\" is not a semantic version.");

    public int CompareTo(SemanticVersion? other)
    {
        if (other is null)
        {
            return 1;
        }

        var byNumbers = _numbers.AsSpan().SequenceCompareTo(other._numbers);
        if (byNumbers != 0)
        {
            return byNumbers;
        }

        return (_preRelease.Length, other._preRelease.Length) switch
        {
            (0, 0) => 0,
            (0, _) => 1,
            (_, 0) => -1,
            _ => ComparePreRelease(_preRelease, other._preRelease),
        };
    }

    private static int ComparePreRelease(string[] left, string[] right)
    {
        for (var i = 0; i < Math.Min(left.Length, right.Length); i++)
        {
            var isLeftNumber = long.TryParse(left[i], NumberStyles.None, CultureInfo.InvariantCulture, out var leftNumber);
            var isRightNumber = long.TryParse(right[i], NumberStyles.None, CultureInfo.InvariantCulture, out var rightNumber);
            var order = (isLeftNumber, isRightNumber) switch
            {
                (true, true) => leftNumber.CompareTo(rightNumber),
                (true, false) => -1,
                (false, true) => 1,
                _ => string.CompareOrdinal(left[i], right[i]),
            };
            if (order != 0)
            {
                return order;
            }
        }

        return left.Length.CompareTo(right.Length);
    }

    [GeneratedRegex(@"^(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})(-(?<pre>[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*))?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?\z")]
    public static partial Regex Pattern();
}
