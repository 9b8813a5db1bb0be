namespace ConnectorPlatform.Host.DataSets;

/// <summary>What people write about a DataSet, and the words by which they find it and its like.</summary>
/// <param name="Description">Empty when there is none.</param>
/// <param name="Tags">Each once, whatever its case, in their order.</param>
internal sealed record DataSetLabels(string Description, IReadOnlyList<string> Tags)
{
    public const int LongestDescription = 2000;
    public const int LongestTag = 50;
    public const int MostTags = 20;

    public static DataSetLabels None { get; } = new("", []);

    /// <summary>Labels as they are stored: trimmed, and no tag twice.</summary>
    /// <exception cref="PlatformException">The description or a tag is too long, or there are too many; all that is wrong is said at once.</exception>
    public static DataSetLabels Of(string? description, IEnumerable<string> tags)
    {
        List<string> problems = [];
        var text = (description ?? "").Trim().ReplaceLineEndings("\n");
        if (text.Length > LongestDescription || text.Any(character => char.IsControl(character) && character is not ('\n' or '\t')))
        {
            problems.Add($"A description has up to {LongestDescription} characters, and no control characters but line breaks.");
        }

        var trimmed = tags.Select(tag => tag.Trim()).Where(tag => tag.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase).ToList();
        if (trimmed.Find(tag => tag.Length > LongestTag || tag.Contains(',', StringComparison.Ordinal) || tag.Any(char.IsControl)) is { } wrong)
        {
            problems.Add($"The tag \"{wrong.Shortened(LongestTag)}\" cannot be: a tag has 1 to {LongestTag} characters, without commas and line breaks.");
        }

        if (trimmed.Count > MostTags)
        {
            problems.Add($"A DataSet has up to {MostTags} tags; these are {trimmed.Count}.");
        }

        return problems.Count == 0 ? new DataSetLabels(text, trimmed) : throw new PlatformException(PlatformFault.Input, string.Join(" ", problems));
    }

    /// <summary>The tags of a text in which commas or line breaks divide them.</summary>
    public static IEnumerable<string> SplitTags(string text) => text.Split([',', '\n', '\r'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
