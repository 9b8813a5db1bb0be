using System.Text.Json;
using System.Text.RegularExpressions;
using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Connectors;

/// <summary>
/// Reads <c>connector.json</c>. Equal to <c>schemas/connector.schema.json</c>, which editors use; written as code because the
/// schema library may validate only so often in an hour, and because these messages say what to write.
/// </summary>
internal static partial class ManifestReader
{
    public const string File = "connector.json";

    /// <summary>The manifest, or null after noting why not.</summary>
    public static ConnectorManifest? Read(JsonElement document, ICollection<PackageProblem> problems)
    {
        if (document.ValueKind != JsonValueKind.Object)
        {
            problems.Add(new(File, "", "Must be an object."));
            return null;
        }

        var before = problems.Count;
        var root = new ObjectReader(document, File, "", problems);
        root.Text("$schema", AnyText(), "the address of a schema", required: false);
        var id = root.Text("id", IdPattern(), "lower-case letters, digits and hyphens, at most 60");
        var name = root.Text("name", AnyText(), "the connector's name for people");
        var version = root.Text("version", SemanticVersion.Pattern(), "a semantic version such as 1.0.0");
        var contract = root.Text("contract", ContractPattern(), "the contract's version that the connector was written for, such as \"1.0\"");
        var detailsVersion = root.Integer("detailsVersion", 1, 1000);
        var assembly = root.Text("assembly", AssemblyPattern(), "a file name that ends in .dll", required: false);
        var category = root.Text("category", AnyText(), "what kind of connector this is, such as \"Cloud App\"");
        var description = root.Text("description", AnyText(), "one sentence about what the connector reads");
        var documentation = ReadAddress(root, "documentation", DocumentationPattern(), "an address that begins with https://", required: false);
        var icon = root.Text("icon", IconPattern(), "the relative path of an .svg file in the package, without \"..\"", required: false);
        var http = ReadHttp(root);
        var backfill = ReadBackfill(root);
        root.RefuseOthers();
        return problems.Count > before ? null : new ConnectorManifest
        {
            Id = id!,
            Name = name!,
            Version = version!,
            Contract = contract!,
            DetailsVersion = (int)(detailsVersion ?? 1),
            Assembly = assembly,
            Category = category!,
            Description = description!,
            Documentation = documentation,
            Icon = icon,
            Http = http!,
            Backfill = backfill,
        };
    }

    private static IReadOnlyDictionary<string, string> ReadBackfill(ObjectReader root)
    {
        if (root.Object("backfill", "an object with \"details\"") is not { } backfill)
        {
            return new Dictionary<string, string>();
        }

        var details = backfill.Object("details", "an object that gives fields of the details their texts", required: true)?
            .Members(BackfillText(), "a text; of braces it may have {start}, {end}, {until} and {days}");
        backfill.RefuseOthers();
        return details ?? new Dictionary<string, string>();
    }

    private static HttpPolicy? ReadHttp(ObjectReader root)
    {
        if (root.Object("http", "an object that says how the source is reached", required: true) is not { } http)
        {
            return null;
        }

        var baseAddress = ReadAddress(http, "baseAddress", BaseAddressPattern(), "an absolute http(s) address that ends with a slash, without query");
        var allowedHosts = http.Texts("allowedHosts", HostPattern(), "a lower-case host name without scheme, port or path");
        var authentication = ReadAuthentication(http);
        var rateBudget = ReadRateBudget(http);
        var maxConcurrency = http.Integer("maxConcurrency", 1, 64);
        var maxReplyBytes = http.Integer("maxReplyBytes", 1, 1L << 30);
        var retry = ReadRetry(http);
        http.RefuseOthers();
        if (baseAddress is null || authentication is null)
        {
            return null;
        }

        if (allowedHosts.Count > 0 && !allowedHosts.Contains(baseAddress.Host))
        {
            http.Refuse(http.PointerTo("allowedHosts"), $"a list with the base address's own host, \"{baseAddress.Host}\", in it");
        }

        var policy = new HttpPolicy
        {
            BaseAddress = baseAddress,
            AllowedHosts = allowedHosts,
            Authentication = authentication,
            RateBudget = rateBudget,
            Retry = retry,
        };
        return policy with
        {
            MaxConcurrency = (int?)maxConcurrency ?? policy.MaxConcurrency,
            MaxReplyBytes = maxReplyBytes ?? policy.MaxReplyBytes,
        };
    }

    private static AuthenticationRule? ReadAuthentication(ObjectReader http)
    {
        if (http.Object("authentication", "an object with \"type\": none, bearer or header", required: true) is not { } authentication)
        {
            return null;
        }

        var type = authentication.Text("type", AuthenticationTypePattern(), "one of none, bearer, header");
        var isHeader = type == "header";
        var header = isHeader ? authentication.Text("header", HeaderPattern(), "the name of an HTTP header") : null;
        var value = isHeader ? authentication.Text("value", SingleLine(), "a Scriban template over the credentials, in one line") : null;
        if (type is not null)
        {
            authentication.RefuseOthers();
        }

        return type is null ? null : new AuthenticationRule(type, header, value);
    }

    private static RateBudget? ReadRateBudget(ObjectReader http)
    {
        if (http.Object("rateBudget", "an object with \"requests\" and \"perSeconds\"") is not { } budget)
        {
            return null;
        }

        var requests = budget.Integer("requests", 1, 1_000_000, required: true);
        var perSeconds = budget.Integer("perSeconds", 1, 2_678_400, required: true);
        budget.RefuseOthers();
        return new((int)(requests ?? 1), (int)(perSeconds ?? 1));
    }

    private static RetryRules ReadRetry(ObjectReader http)
    {
        if (http.Object("retry", "an object with \"also\" and \"never\"") is not { } retry)
        {
            return new();
        }

        var rules = new RetryRules { Also = ReadPatterns(retry, "also"), Never = ReadPatterns(retry, "never") };
        retry.RefuseOthers();
        return rules;
    }

    private static IReadOnlyList<ReplyPattern> ReadPatterns(ObjectReader retry, string name) =>
        retry.Objects(name, "a reply by \"status\" and perhaps \"bodyContains\"", pattern =>
        {
            var status = pattern.Integer("status", 200, 599, required: true);
            var bodyContains = pattern.Text("bodyContains", AnyText(), "a text", required: false);
            pattern.RefuseOthers();
            return new ReplyPattern((int)(status ?? 0), bodyContains);
        });

    private static Uri? ReadAddress(ObjectReader reader, string name, Regex pattern, string expected, bool required = true)
    {
        if (reader.Text(name, pattern, expected, required) is not { } text)
        {
            return null;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var address))
        {
            reader.Refuse(reader.PointerTo(name), expected);
        }

        return address;
    }

    [GeneratedRegex(@"\S")]
    private static partial Regex AnyText();

    [GeneratedRegex(@"^[^\r\n]*\S[^\r\n]*\z")]
    private static partial Regex SingleLine();

    [GeneratedRegex(@"^[a-z0-9][a-z0-9-]{0,59}\z")]
    private static partial Regex IdPattern();

    [GeneratedRegex(@"^[0-9]{1,4}\.[0-9]{1,4}\z")]
    private static partial Regex ContractPattern();

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9._-]*\.dll\z")]
    private static partial Regex AssemblyPattern();

    // No segment begins with a dot, so no path leaves the package.
    [GeneratedRegex(@"^([A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*\.svg\z")]
    private static partial Regex IconPattern();

    [GeneratedRegex(@"^https://\S+\z")]
    private static partial Regex DocumentationPattern();

    [GeneratedRegex(@"^https?://[A-Za-z0-9.:\[\]-]+/([^?#\s]*/)?\z")]
    private static partial Regex BaseAddressPattern();

    [GeneratedRegex(@"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?\z")]
    private static partial Regex HostPattern();

    [GeneratedRegex(@"^(none|bearer|header)\z")]
    private static partial Regex AuthenticationTypePattern();

    [GeneratedRegex(@"^[A-Za-z0-9-]+\z")]
    private static partial Regex HeaderPattern();

    [GeneratedRegex(@"^([^{}]|\{(start|end|until|days)\})*\z")]
    internal static partial Regex BackfillText();
}
