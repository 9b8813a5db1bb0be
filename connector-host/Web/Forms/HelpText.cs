using System.Text.RegularExpressions;

namespace ConnectorPlatform.Host.Web.Forms;

/// <summary>A paragraph or a list entry of a help text.</summary>
internal sealed record HelpBlock(bool IsEntry, IReadOnlyList<HelpSpan> Spans);

/// <summary>A piece of a help text.</summary>
/// <param name="Kind"><c>text</c>, <c>code</c>, <c>strong</c>, <c>em</c> or <c>link</c>.</param>
internal sealed record HelpSpan(string Kind, string Text, string? Address = null);

/// <summary>
/// Reads the Markdown of <c>x-help</c>: paragraphs, lists, <c>`code`</c>, <c>**strong**</c>, <c>*emphasis*</c> and links to https addresses. All else is text:
/// what comes out are pieces, not markup, so nothing that an author writes can become more than these.
/// </summary>
internal static partial class HelpText
{
    public static IReadOnlyList<HelpBlock> Read(string? markdown)
    {
        var blocks = new List<HelpBlock>();
        foreach (var paragraph in (markdown ?? "").ReplaceLineEndings("\n").Split("\n\n", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var lines = paragraph.Split('\n', StringSplitOptions.TrimEntries);
            var prose = string.Join(' ', lines.TakeWhile(line => !IsEntry(line)));
            if (prose.Length > 0)
            {
                blocks.Add(new(false, Spans(prose)));
            }

            blocks.AddRange(lines.SkipWhile(line => !IsEntry(line)).Select(line => new HelpBlock(true, Spans(IsEntry(line) ? line[2..] : line))));
        }

        return blocks;
    }

    private static bool IsEntry(string line) => line.StartsWith("- ", StringComparison.Ordinal) || line.StartsWith("* ", StringComparison.Ordinal);

    private static List<HelpSpan> Spans(string text)
    {
        var spans = new List<HelpSpan>();
        var from = 0;
        foreach (Match match in Piece().Matches(text))
        {
            if (match.Index > from)
            {
                spans.Add(new("text", text[from..match.Index]));
            }

            spans.Add(
                match.Groups["code"].Success ? new("code", match.Groups["code"].Value)
                : match.Groups["strong"].Success ? new("strong", match.Groups["strong"].Value)
                : match.Groups["em"].Success ? new("em", match.Groups["em"].Value)
                : new("link", match.Groups["title"].Value, match.Groups["address"].Value));
            from = match.Index + match.Length;
        }

        if (from < text.Length)
        {
            spans.Add(new("text", text[from..]));
        }

        return spans;
    }

    [GeneratedRegex(@"`(?<code>[^`]+)`|\*\*(?<strong>[^*]+)\*\*|\*(?<em>[^*\s][^*]*)\*|\[(?<title>[^\]\[]+)\]\((?<address>https://[^\s()<>""]+)\)", RegexOptions.ExplicitCapture)]
    private static partial Regex Piece();
}
