using System.Text;

namespace ConnectorPlatform.Host.Notices;

/// <summary>A notice in words, as its channel wants them.</summary>
/// <param name="Subject">One line.</param>
/// <param name="Body">What the rule's body template makes: HTML for e-mail, Slack's mrkdwn for Slack, else plain text.</param>
/// <param name="Plain">The built-in plain text.</param>
internal sealed record NoticeText(string Subject, string Body, string Plain)
{
    private const int LongestSubject = 200;

    /// <summary>What is wrong with a template of the rule's own, in place of which the built-in one was used.</summary>
    public string? Flaw { get; private init; }

    /// <summary>Renders a notice. A template of the rule's own that fails is replaced by the built-in one: the notice matters more than its looks.</summary>
    public static NoticeText Of(NoticeRule rule, Notice notice)
    {
        try
        {
            return Render(rule, notice);
        }
        catch (NoticeTemplateException exception)
        {
            return Render(rule with { Subject = null, Body = null }, notice) with { Flaw = exception.Message };
        }
    }

    /// <summary>Tries the rule's own templates on a notice of each of its causes.</summary>
    /// <returns>One sentence for each template that is wrong.</returns>
    public static IReadOnlyList<string> Check(NoticeRule rule)
    {
        (string Name, string? Template, TextKind Kind)[] templates = [("subject", rule.Subject, TextKind.Plain), ("body", rule.Body, KindOf(rule.Channel))];
        return
        [
            .. from template in templates
               where template.Template is not null
               let flaw = rule.Causes.Append(NoticeCause.Test).Select(cause => FlawOf(template.Template, template.Kind, rule, cause)).FirstOrDefault(flaw => flaw is not null)
               where flaw is not null
               select $"The {template.Name} template, {flaw}.",
        ];
    }

    /// <summary>A notice as the rule would send it, with invented facts.</summary>
    public static Notice Example(NoticeRule rule, NoticeCause cause, DateTimeOffset at) => new()
    {
        Id = Identifier.New(),
        RuleId = rule.Id,
        Cause = cause == NoticeCause.FirstFailure ? NoticeCause.Failure : cause,
        Account = cause == NoticeCause.Account ? "example account" : null,
        Since = cause is NoticeCause.Account or NoticeCause.Late ? at : null,
        Items = cause == NoticeCause.Test
            ? [new() { DataSetId = "example", Name = "example", Connector = "example", Message = "This is what a notice of this rule looks like.", WhoActs = "Nobody must act.", At = at }]
            : [new() { DataSetId = "example", Name = "example", Connector = "example", Message = "What happened.", WhoActs = "Who must act.", RunId = "example", At = at }],
        CreatedAt = at,
        DueAt = at,
    };

    private static string? FlawOf(string template, TextKind kind, NoticeRule rule, NoticeCause cause)
    {
        try
        {
            NoticeTemplates.Render(template, kind, rule, Example(rule, cause, DateTimeOffset.UnixEpoch));
            return null;
        }
        catch (NoticeTemplateException exception)
        {
            return exception.Message;
        }
    }

    private static NoticeText Render(NoticeRule rule, Notice notice)
    {
        var builtIn = rule.Channel == NoticeChannel.Email ? NoticeTexts.Html : NoticeTexts.Text;
        return new NoticeText(
            OneLine(NoticeTemplates.Render(rule.Subject ?? NoticeTexts.Subject, TextKind.Plain, rule, notice)),
            NoticeTemplates.Render(rule.Body ?? builtIn, KindOf(rule.Channel), rule, notice).Trim(),
            NoticeTemplates.Render(NoticeTexts.Text, TextKind.Plain, rule, notice).Trim());
    }

    private static TextKind KindOf(NoticeChannel channel) => channel switch
    {
        NoticeChannel.Email => TextKind.Html,
        NoticeChannel.Slack => TextKind.Slack,
        _ => TextKind.Plain,
    };

    // A line break in a name must not begin another header.
    private static string OneLine(string text)
    {
        var line = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            line.Append(Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029 ? ' ' : (object)rune);
        }

        var words = string.Join(' ', line.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return words.Shortened(LongestSubject);
    }
}
