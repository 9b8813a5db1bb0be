namespace ConnectorPlatform.Host;

/// <summary>Texts that are cut where they are too long. No character outside of the basic plane is halved: half of one cannot be written as UTF-8 or XML.</summary>
internal static class ShortText
{
    /// <summary>At most so many code units from the beginning of a text.</summary>
    public static string Beginning(this string text, int longest) =>
        text.Length <= longest ? text : text[..(char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)];

    /// <summary>A text, or its beginning and an ellipsis when it is longer than so many code units.</summary>
    public static string Shortened(this string text, int longest) => text.Length <= longest ? text : text.Beginning(longest) + "…";
}
