using System.Globalization;

namespace ConnectorPlatform.Host.Notices;

/// <summary>The built-in templates, and the words that all templates may use.</summary>
internal static class NoticeTexts
{
    public const string Subject = "{{ headline }}";

    /// <summary>Plain text: for webhooks, chats and mail programs without HTML.</summary>
    public const string Text =
        """
        {{ headline }}.
        {{ if message != "" }}
        {{ message }}{{ if who_acts != "" }} {{ who_acts }}{{ end }}
        {{ end }}
        {{- if event == "account" }}
        DataSets:
        {{- for entry in datasets }}
        - {{ entry.name }} ({{ entry.connector }})
        {{- end }}
        {{- if has_more }}
        - and more
        {{- end }}
        {{ end }}
        {{ if since }}Since {{ since }}. {{ end }}{{ at }}, told by the rule "{{ rule }}".{{ if run_id }} Run {{ run_id }}.{{ end }}
        """;

    /// <summary>The HTML of an e-mail.</summary>
    public const string Html =
        """
        <!DOCTYPE html>
        <html lang="en">
        <head><meta charset="utf-8"><title>{{ headline }}</title></head>
        <body style="font-family: sans-serif">
        <h1 style="font-size: 1.3em">{{ headline }}</h1>
        {{ if message != "" }}<p>{{ message }}{{ if who_acts != "" }} {{ who_acts }}{{ end }}</p>{{ end }}
        {{ if event == "account" }}<ul>
        {{ for entry in datasets }}<li>{{ entry.name }} ({{ entry.connector }})</li>
        {{ end }}{{ if has_more }}<li>and more</li>{{ end }}
        </ul>{{ end }}
        <p style="color: #555">{{ if since }}Since {{ since }}. {{ end }}{{ at }}, told by the rule “{{ rule }}”.{{ if run_id }} Run {{ run_id }}.{{ end }}</p>
        </body>
        </html>
        """;

    public static string Headline(Notice notice)
    {
        var first = notice.Items is [var item, ..] ? $"DataSet \"{item.Name}\"" : "";
        return notice.Cause switch
        {
            NoticeCause.Account => $"Account \"{notice.Account}\" is refused by its source: {Count(notice)}",
            NoticeCause.Recovery when notice.Account is not null => $"Account \"{notice.Account}\" works again",
            NoticeCause.Recovery => $"{first} works again",
            NoticeCause.Late => $"{first} is late",
            NoticeCause.Hold => $"A run of {first} waits for approval",
            NoticeCause.Test => "Test notice of the Connector Platform",
            _ => $"{first} failed",
        };
    }

    public static string Instant(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static string Count(Notice notice) => notice switch
    {
        { HasMore: true } => $"more than {notice.Items.Count} DataSets fail",
        { Items: [var only] } => $"DataSet \"{only.Name}\" fails",
        _ => $"{notice.Items.Count} DataSets fail",
    };
}
