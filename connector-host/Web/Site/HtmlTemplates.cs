using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Scriban;
using Scriban.Parsing;
using Scriban.Runtime;

namespace ConnectorPlatform.Host.Web.Site;

/// <summary>What a template may ask of the request.</summary>
/// <param name="FormToken">The antiforgery field, asked for only by templates with a form.</param>
/// <param name="May">Whether the caller has a permission, by its name.</param>
/// <param name="MayHere">Whether the caller, besides having a permission, may change the DataSet or account that the address names; <c>own</c>: whether they own it.</param>
/// <param name="IsSignedIn">Whether the caller is a person.</param>
internal sealed record PageRequest(Func<string> FormToken, Func<string, bool> May, Func<string, bool> MayHere, bool IsSignedIn);

/// <summary>
/// The page templates. Every value that a template writes is encoded for HTML: what connectors and sources send is text, never markup.
/// Beyond its model a template knows <c>form_token</c>, <c>may "permission"</c>, <c>may_here "permission"</c>, <c>signed_in</c>, <c>part "name" model</c>, <c>moment instant</c> and <c>icon "name"</c>.
/// </summary>
internal sealed class HtmlTemplates
{
    private const int LoopLimit = 100_000;
    private const int OutputLimit = 16 * 1024 * 1024;

    // Pages are UTF-8: only what means something to HTML needs encoding.
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);
    private static readonly TimeSpan PatternTimeout = TimeSpan.FromMilliseconds(200);

    private readonly SiteFiles _files;
    private readonly DisplayZone _zone;
    private readonly ScriptObject _builtins;
    private readonly Dictionary<string, Template> _templates = [];

    /// <exception cref="InvalidOperationException">A template cannot be read.</exception>
    public HtmlTemplates(SiteFiles files, Assets assets, DisplayZone zone)
    {
        (_files, _zone) = (files, zone);
        _builtins = LockedBuiltins(assets);
        foreach (var file in files.Named(".html"))
        {
            var name = Path.GetFileNameWithoutExtension(file);
            if (!_templates.TryAdd(name, Parse(file)))
            {
                throw new InvalidOperationException($"Two templates are named {name}.");
            }
        }
    }

    /// <param name="name">A template's file name without its ending.</param>
    /// <param name="model">Its members stand in the template in snake_case.</param>
    /// <param name="request">Whose page it becomes.</param>
    public string Render(string name, object model, PageRequest request) =>
        new EncodingContext(this, request, new Lazy<RawHtml>(() => new RawHtml(request.FormToken())), new Lazy<TimeZoneInfo>(() => _zone.Zone)).Part(name, model).Text;

    /// <summary>Text that is markup already.</summary>
    public static object Raw(string html) => new RawHtml(html);

    private Template Parse(string file)
    {
        var template = Template.Parse(_files.ReadText(file), file);
        return template.HasErrors ? throw new InvalidOperationException(template.Messages.ToString()) : template;
    }

    private Template Find(string name) => _files.AreSources && _files.Named(".html").FirstOrDefault(file => Path.GetFileNameWithoutExtension(file) == name) is { } file
        ? Parse(file)
        : _templates[name];

    // Shared by all requests: a template that could change it would change it for everybody.
    private static ScriptObject LockedBuiltins(Assets assets)
    {
        var builtins = TemplateContext.GetDefaultBuiltinObject();
        builtins.Import("form_token", (TemplateContext context) => ((EncodingContext)context).FormToken);
        builtins.Import("may", (TemplateContext context, string permission) => ((EncodingContext)context).Request.May(permission));
        builtins.Import("may_here", (TemplateContext context, string permission) => ((EncodingContext)context).Request.MayHere(permission));
        builtins.Import("signed_in", (TemplateContext context) => ((EncodingContext)context).Request.IsSignedIn);
        builtins.Import("part", (TemplateContext context, string name, object model) => ((EncodingContext)context).Part(name, model));
        builtins.Import("moment", (TemplateContext context, DateTimeOffset? instant) => ((EncodingContext)context).Moment(instant));
        builtins.Import("icon", (string name) => new RawHtml(
            $"<svg class=\"icon\" aria-hidden=\"true\" focusable=\"false\"><use href=\"{assets.Icons.Path}#{Encoder.Encode(name)}\"/></svg>"));
        foreach (var member in builtins.Values.OfType<ScriptObject>())
        {
            member.IsReadOnly = true;
        }

        builtins.IsReadOnly = true;
        return builtins;
    }

    private sealed record RawHtml(string Text);

    private sealed class EncodingContext : TemplateContext
    {
        private readonly HtmlTemplates _owner;
        private readonly Lazy<RawHtml> _formToken;
        private readonly Lazy<TimeZoneInfo> _shownZone;

        public EncodingContext(HtmlTemplates owner, PageRequest request, Lazy<RawHtml> formToken, Lazy<TimeZoneInfo> shownZone)
            : base(owner._builtins)
        {
            (_owner, Request, _formToken, _shownZone) = (owner, request, formToken, shownZone);
            StrictVariables = true;
            EnableRelaxedMemberAccess = false;
            LoopLimit = HtmlTemplates.LoopLimit;
            LimitToString = HtmlTemplates.OutputLimit;
            OnStringLimit = ScriptLimitBehavior.Throw;
            OnOutputLimit = ScriptLimitBehavior.Throw;
            RegexTimeOut = PatternTimeout;

            // Indenting a part would change what stands in its text areas.
            AutoIndent = false;
        }

        public RawHtml FormToken => _formToken.Value;

        public PageRequest Request { get; }

        // A context of its own: a part sees its model alone, and its output is no part of the caller's.
        public RawHtml Part(string name, object model)
        {
            var values = model as ScriptObject;
            if (values is null)
            {
                values = [];
                values.Import(model);
            }

            var context = new EncodingContext(_owner, Request, _formToken, _shownZone);
            context.PushGlobal(values);
            return new RawHtml(_owner.Find(name).Render(context));
        }

        public RawHtml Moment(DateTimeOffset? instant) => instant is { } moment
            ? new RawHtml(string.Create(
                CultureInfo.InvariantCulture,
                $"<time datetime=\"{moment.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}\">{Encoder.Encode(DisplayZone.Write(moment, _shownZone.Value))}</time>"))
            : new RawHtml("");

        public override TemplateContext Write(SourceSpan span, object? textAsObject)
        {
            var text = textAsObject is RawHtml raw ? raw.Text : Encoder.Encode(ObjectToString(textAsObject) ?? "");
            return base.Write(span, text);
        }
    }
}
