using System.Text.Encodings.Web;
using System.Text.Unicode;
using Scriban;
using Scriban.Parsing;
using Scriban.Runtime;
using Scriban.Syntax;

namespace ConnectorPlatform.Host.Notices;

/// <summary>How a template's values are written, so that what names and messages say stays text.</summary>
internal enum TextKind
{
    Plain,
    Html,

    /// <summary>Slack's mrkdwn: only the characters that make links and mentions.</summary>
    Slack,
}

/// <summary>
/// Renders a rule's templates. The author of a rule is trusted with the text; the values in it are not, and a template that never ends or swells is stopped.
/// </summary>
internal static class NoticeTemplates
{
    private const int LoopLimit = 10_000;
    private const int OutputLimit = 256 * 1024;

    private static readonly TimeSpan RenderWithin = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PatternTimeout = TimeSpan.FromMilliseconds(200);
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);
    private static readonly ScriptObject Builtins = LockedBuiltins();

    /// <param name="template">The text of the template.</param>
    /// <param name="kind">How values are written.</param>
    /// <param name="rule">The rule that tells.</param>
    /// <param name="notice">What is told.</param>
    /// <exception cref="NoticeTemplateException">The template is wrong; the message tells the line.</exception>
    public static string Render(string template, TextKind kind, NoticeRule rule, Notice notice)
    {
        var parsed = Template.Parse(template);
        if (parsed.HasErrors)
        {
            var flaw = parsed.Messages.First(message => message.Type == ParserMessageType.Error);
            throw Wrong(flaw.Span, flaw.Message);
        }

        using var late = new CancellationTokenSource(RenderWithin);
        var context = new EncodingContext(Builtins, kind)
        {
            StrictVariables = true,
            EnableRelaxedMemberAccess = false,
            LoopLimit = LoopLimit,
            RecursiveLimit = 20,
            LimitToString = OutputLimit,
            OnStringLimit = ScriptLimitBehavior.Throw,
            OnOutputLimit = ScriptLimitBehavior.Throw,
            RegexTimeOut = PatternTimeout,
            CancellationToken = late.Token,
        };
        context.PushGlobal(Model(rule, notice));
        try
        {
            return parsed.Render(context);
        }
        catch (ScriptRuntimeException exception)
        {
            throw Wrong(exception.Span, exception.OriginalMessage);
        }
    }

    private static ScriptObject Model(NoticeRule rule, Notice notice)
    {
        var first = notice.Items is [var item, ..] ? item : null;
        return new ScriptObject
        {
            ["event"] = NameOf(notice.Cause),
            ["headline"] = NoticeTexts.Headline(notice),
            ["dataset"] = first?.Name,
            ["datasets"] = new ScriptArray(notice.Items.Select(Entry)),
            ["has_more"] = notice.HasMore,
            ["account"] = notice.Account,
            ["connector"] = first?.Connector,
            ["message"] = first?.Message ?? "",
            ["who_acts"] = first?.WhoActs ?? "",
            ["run_id"] = first?.RunId,
            ["at"] = NoticeTexts.Instant(notice.CreatedAt),
            ["since"] = notice.Since is { } since ? NoticeTexts.Instant(since) : null,
            ["rule"] = rule.Name,
            ["key"] = notice.Id,
        };
    }

    /// <summary>The word for a cause, in templates, messages and on the command line.</summary>
    public static string NameOf(NoticeCause cause) => cause == NoticeCause.FirstFailure ? "first-failure" : cause.ToString().ToLowerInvariant();

    private static ScriptObject Entry(NoticeItem item) => new()
    {
        ["id"] = item.DataSetId,
        ["name"] = item.Name,
        ["connector"] = item.Connector,
        ["message"] = item.Message,
        ["who_acts"] = item.WhoActs,
        ["run_id"] = item.RunId,
        ["at"] = NoticeTexts.Instant(item.At),
    };

    private static NoticeTemplateException Wrong(SourceSpan place, string flaw) =>
        new($"line {place.Start.Line + 1}, column {place.Start.Column + 1}: {flaw.TrimEnd('.')}");

    // Shared by all: a template that could change it would change it for everybody. The library's own sub-objects are shared even further, so that
    // one which must differ is replaced.
    private static ScriptObject LockedBuiltins()
    {
        var builtins = new ScriptObject();
        foreach (var (name, value) in TemplateContext.GetDefaultBuiltinObject())
        {
            builtins[name] = name == "html" ? WithoutEscape((ScriptObject)value!) : value;
        }

        foreach (var member in builtins.Values.OfType<ScriptObject>())
        {
            member.IsReadOnly = true;
        }

        builtins.IsReadOnly = true;
        return builtins;
    }

    // Values are escaped as they are written; twice would show.
    private static ScriptObject WithoutEscape(ScriptObject html)
    {
        var functions = new ScriptObject();
        foreach (var (name, value) in html.Where(member => member.Key != "escape"))
        {
            functions[name] = value;
        }

        functions.Import("escape", new Func<string?, string?>(text => text));
        return functions;
    }

    private sealed class EncodingContext(ScriptObject builtins, TextKind kind) : TemplateContext(builtins)
    {
        public override TemplateContext Write(SourceSpan span, object? textAsObject)
        {
            var text = ObjectToString(textAsObject) ?? "";
            return base.Write(span, kind switch
            {
                TextKind.Html => Encoder.Encode(text),
                TextKind.Slack => text.Replace("&", "&amp;", StringComparison.Ordinal)
                    .Replace("<", "&lt;", StringComparison.Ordinal)
                    .Replace(">", "&gt;", StringComparison.Ordinal),
                _ => text,
            });
        }
    }
}

/// <summary>A template is wrong. The message tells the line and the flaw, and is part of a sentence.</summary>
internal sealed class NoticeTemplateException(string message) : Exception(message);
