using System.Text.Encodings.Web;
using System.Text.Json;

namespace ConnectorPlatform.Host.Notices.Channels;

/// <summary>A notice as JSON: the platform's own, Slack's or Teams'.</summary>
internal static class WebhookBodies
{
    // Slack's own limits for a header, a section and the text of a notification.
    private const int LongestSlackHeader = 150;
    private const int LongestSlackSection = 3_000;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(NoticeRule rule, Notice notice, NoticeText text) => JsonSerializer.Serialize(
        rule.Channel switch
        {
            NoticeChannel.Slack => Slack(text),
            NoticeChannel.Teams => Teams(text),
            _ => Own(rule, notice, text),
        },
        Options);

    private static object Own(NoticeRule rule, Notice notice, NoticeText text) => new
    {
        Key = notice.Id,
        Event = NoticeTemplates.NameOf(notice.Cause),
        Rule = rule.Name,
        At = notice.CreatedAt.UtcDateTime,
        Since = notice.Since?.UtcDateTime,
        text.Subject,
        Text = text.Body,
        notice.Account,
        Datasets = notice.Items.Select(item => new { Id = item.DataSetId, item.Name, item.Connector, item.Message, item.WhoActs, item.RunId, At = item.At.UtcDateTime }),
        notice.HasMore,
    };

    // The text stands in for the blocks in notifications, where "<" begins links and mentions too.
    private static object Slack(NoticeText text) => new
    {
        Text = text.Subject.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal),
        Blocks = new object[]
        {
            new { Type = "header", Text = new { Type = "plain_text", Text = Cut(text.Subject, LongestSlackHeader), Emoji = false } },
            new { Type = "section", Text = new { Type = "mrkdwn", Text = Cut(text.Body, LongestSlackSection), Verbatim = true } },
        },
    };

    // Text runs are no Markdown: a name cannot become a link.
    private static Dictionary<string, object> Teams(NoticeText text) => new Dictionary<string, object>
    {
        ["type"] = "message",
        ["attachments"] = new[]
        {
            new
            {
                ContentType = "application/vnd.microsoft.card.adaptive",
                ContentUrl = (string?)null,
                Content = new Dictionary<string, object>
                {
                    ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
                    ["type"] = "AdaptiveCard",
                    ["version"] = "1.4",
                    ["body"] = new[] { Paragraph(text.Subject, "bolder", "large") }
                        .Concat(text.Body.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(line => Paragraph(line, "default", "default"))),
                },
            },
        },
    };

    private static object Paragraph(string text, string weight, string size) => new
    {
        Type = "RichTextBlock",
        Inlines = new[] { new { Type = "TextRun", Text = text, Weight = weight, Size = size } },
    };

    private static string Cut(string text, int longest) => text.Length > longest ? text.Shortened(longest - 1) : text;
}
