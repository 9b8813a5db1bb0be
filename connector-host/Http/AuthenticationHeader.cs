using System.Text.Json;
using Scriban;
using Scriban.Runtime;
using Scriban.Syntax;

namespace ConnectorPlatform.Host.Http;

/// <summary>The header that an <see cref="AuthenticationRule"/> makes from an account's credentials.</summary>
internal sealed class AuthenticationHeader
{
    /// <summary>Characters; more than servers accept in one header.</summary>
    private const int LongestValue = 16 * 1024;

    private readonly Template _value;

    private AuthenticationHeader(string name, Template value) => (Name, _value) = (name, value);

    public string Name { get; }

    /// <exception cref="ConnectorException">The rule is not one that <c>connector.json</c> may hold.</exception>
    public static AuthenticationHeader From(AuthenticationRule rule)
    {
        var (name, text) = rule switch
        {
            { Type: "bearer" } => ("Authorization", "Bearer {{ access_token }}"),
            { Type: "header", Header: { Length: > 0 } header, Value: { } value } => (header, value),
            _ => throw Misdeclared($"its type is \"{rule.Type}\"; it must be none, bearer, or header with header and value"),
        };
        var template = Template.Parse(text);
        using var probe = new HttpRequestMessage();
        return template.HasErrors ? throw Misdeclared($"its value is no template: {string.Join("; ", template.Messages)}")
            : !probe.Headers.TryAddWithoutValidation(name, "value") ? throw Misdeclared($"\"{name}\" is no request header")
            : new AuthenticationHeader(name, template);
    }

    /// <exception cref="ConnectorException">The credentials give no value that a header may hold; the message does not show it.</exception>
    public string ValueFor(JsonElement credentials)
    {
        var value = Render(credentials);
        var flaw = value switch
        {
            { Length: 0 } => "is empty",
            { Length: > LongestValue } => $"is longer than {LongestValue} characters",
            _ when value.AsSpan().ContainsAny('\r', '\n') => "contains a line break",
            _ when value.AsSpan().ContainsAnyExceptInRange(' ', '~') => "contains a character that is not plain ASCII",
            _ when value[0] == ' ' || value[^1] == ' ' => "begins or ends with a space, or lacks a part",
            _ => null,
        };
        return flaw is null ? value : throw Refused($"The header \"{Name}\" that the account's credentials make {flaw}. Enter them again, without anything around them.");
    }

    private string Render(JsonElement credentials)
    {
        var context = new TemplateContext
        {
            StrictVariables = true,
            EnableRelaxedMemberAccess = false,
            LoopLimit = 1000,
            RecursiveLimit = 20,
            LimitToString = LongestValue,
            OnStringLimit = ScriptLimitBehavior.Throw,
            OnOutputLimit = ScriptLimitBehavior.Throw,
            RegexTimeOut = TimeSpan.FromMilliseconds(200),
        };
        context.PushGlobal(ToScript(credentials) as ScriptObject ?? []);
        try
        {
            return _value.Render(context);
        }
        catch (ScriptRuntimeException exception)
        {
            // The cause may quote a credential, so it goes nowhere but into the log, masked.
            throw Refused($"The header \"{Name}\" cannot be made from the account's credentials: one that it needs is missing or unfit. Reconnect the account; if its form has no such field, http.authentication in connector.json is wrong.", exception);
        }
    }

    private static object? ToScript(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var members = new ScriptObject();
                foreach (var member in element.EnumerateObject())
                {
                    members[member.Name] = ToScript(member.Value);
                }

                return members;
            case JsonValueKind.Array:
                return new ScriptArray(element.EnumerateArray().Select(ToScript));
            case JsonValueKind.String:
                return element.GetString();
            case JsonValueKind.Number:
                return element.GetDecimal();
            case JsonValueKind.True or JsonValueKind.False:
                return element.GetBoolean();
            default:
                return null;
        }
    }

    private static ConnectorException Misdeclared(string flaw) =>
        new(FailureKind.Connector, $"http.authentication in connector.json cannot be used: {flaw}.");

    private static ConnectorException Refused(string message, Exception? cause = null) => new(FailureKind.Credentials, message, cause);
}
