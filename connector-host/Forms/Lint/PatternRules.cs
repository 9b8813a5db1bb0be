using System.Text.Json;
using System.Text.RegularExpressions;

namespace ConnectorPlatform.Host.Forms.Lint;

/// <summary>L13: patterns and formats that mean the same in every browser and validator.</summary>
internal static partial class PatternRules
{
    private static readonly string[] PortableFormats = ["date", "date-time", "time", "email", "hostname", "ipv4", "ipv6", "uri"];

    public static IEnumerable<FormProblem> Check(SchemaNode node)
    {
        if (node.Schema.Text("pattern") is { } pattern)
        {
            var at = JsonPointer.Append(node.Pointer, "pattern");
            foreach (var message in CheckPattern(pattern))
            {
                yield return new("L13", at, message);
            }
        }

        if (node.Schema.Member("format") is { } format && !(format.ValueKind == JsonValueKind.String && PortableFormats.Contains(format.GetString())))
        {
            yield return new("L13", JsonPointer.Append(node.Pointer, "format"), $"Use one of the portable formats ({string.Join(", ", PortableFormats)}), or a pattern.");
        }
    }

    private static IEnumerable<string> CheckPattern(string pattern)
    {
        if (!CanBeRead(pattern))
        {
            yield return "The pattern is no regular expression: correct it.";
            yield break;
        }

        if (NotPortable().Match(pattern) is { Success: true } found)
        {
            yield return $"{found.Value} means something else, or nothing, elsewhere: write the characters out, such as [ \\t] or [A-Za-z].";
        }

        if (!pattern.StartsWith('^') || !EndsWithAnchor().IsMatch(pattern))
        {
            yield return "Write the anchors out: a pattern begins with ^ and ends with $ (use .* where anything may stand).";
        }
        else if (HasOuterAlternative(pattern))
        {
            yield return "The | splits the pattern outside of a group, so that ^ and $ hold for one side only: write ^(a|b)$.";
        }
    }

    private static bool CanBeRead(string pattern)
    {
        try
        {
            _ = new Pattern(pattern);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static bool HasOuterAlternative(string pattern)
    {
        var (depth, inClass) = (0, false);
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '\\':
                    i++;
                    break;
                case '[':
                    inClass = true;
                    break;
                case ']':
                    inClass = false;
                    break;
                case '(' when !inClass:
                    depth++;
                    break;
                case ')' when !inClass:
                    depth--;
                    break;
                case '|' when !inClass && depth == 0:
                    return true;
            }
        }

        return false;
    }

    // \s \S \p \P \u{ \A \z \Z \G \k \h \x{, inline options, look-behind, atomic, named and conditional groups, possessive quantifiers, POSIX classes.
    [GeneratedRegex(@"(?<=(?:^|[^\\])(?:\\\\)*)(?:\\[sSpPAzZGkhHRX]|\\[ux]\{|\(\?(?![:=!])|[*+?}]\+|\[:)", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex NotPortable();

    [GeneratedRegex(@"(?<=(?:^|[^\\])(?:\\\\)*)\$$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex EndsWithAnchor();
}
