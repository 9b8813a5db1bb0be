using System.Text.Encodings.Web;
using System.Text.Unicode;
using Scriban;
using Scriban.Parsing;
using Scriban.Runtime;

namespace ConnectorPlatform.Host.Web;

/// <summary>
/// The embedded page templates. Every value that a template writes is encoded for HTML: what connectors and sources send is text, never markup.
/// </summary>
internal sealed class HtmlTemplates
{
    private const string Prefix = "templates/";
    private const int LoopLimit = 100_000;
    private const int OutputLimit = 16 * 1024 * 1024;

    // Pages are UTF-8: only what means something to HTML needs encoding.
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);
    private static readonly TimeSpan PatternTimeout = TimeSpan.FromMilliseconds(200);
    private static readonly ScriptObject Builtins = LockedBuiltins();

    private readonly Dictionary<string, Template> _templates = [];

    public HtmlTemplates()
    {
        var assembly = typeof(HtmlTemplates).Assembly;
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            var template = Template.Parse(reader.ReadToEnd(), resource);
            _templates[Path.GetFileNameWithoutExtension(resource[Prefix.Length..])] = template.HasErrors
                ? throw new InvalidOperationException(template.Messages.ToString())
                : template;
        }
    }

    /// <summary>A whole page: the named template inside the layout.</summary>
    public string Page(string name, string title, object model)
    {
        var body = Render(name, model);
        return Render("layout", new { Title = title, Body = new RawHtml(body) });
    }

    private string Render(string name, object model)
    {
        var values = new ScriptObject();
        values.Import(model);
        var context = new EncodingContext(Builtins)
        {
            StrictVariables = true,
            EnableRelaxedMemberAccess = false,
            LoopLimit = LoopLimit,
            LimitToString = OutputLimit,
            OnStringLimit = ScriptLimitBehavior.Throw,
            OnOutputLimit = ScriptLimitBehavior.Throw,
            RegexTimeOut = PatternTimeout,
        };
        context.PushGlobal(values);
        return _templates[name].Render(context);
    }

    // Shared by all requests: a template that could change it would change it for everybody.
    private static ScriptObject LockedBuiltins()
    {
        var builtins = TemplateContext.GetDefaultBuiltinObject();
        foreach (var member in builtins.Values.OfType<ScriptObject>())
        {
            member.IsReadOnly = true;
        }

        builtins.IsReadOnly = true;
        return builtins;
    }

    private sealed record RawHtml(string Text);

    private sealed class EncodingContext(ScriptObject builtins) : TemplateContext(builtins)
    {
        public override TemplateContext Write(SourceSpan span, object? textAsObject)
        {
            var text = textAsObject is RawHtml raw ? raw.Text : Encoder.Encode(ObjectToString(textAsObject) ?? "");
            return base.Write(span, text);
        }
    }
}
