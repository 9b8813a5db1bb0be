using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Forms;

namespace ConnectorPlatform.Host.Authoring.Recording;

/// <summary>The credentials that stand for an account's own in sample data, text by text.</summary>
internal sealed partial class SampleAccount
{
    private readonly List<(string Text, string StandIn)> _replaced = [];
    private readonly List<string> _secrets = [];

    private SampleAccount()
    {
    }

    public JsonElement Credentials { get; private set; }

    /// <param name="package">Its form and authentication say which credentials are secret.</param>
    /// <param name="credentials">The account's own.</param>
    /// <param name="existing">Those that the sample data names already.</param>
    public static SampleAccount For(ConnectorPackage package, JsonElement credentials, JsonElement? existing)
    {
        var account = new SampleAccount();
        var open = OpenNames(package);
        var secrets = credentials.EnumerateObject().Where(member => !open.Contains(member.Name)).SelectMany(member => TextsOf(member.Value)).ToList();
        account._secrets.AddRange(secrets);
        var sample = account.StandIn("", JsonNode.Parse(credentials.GetRawText()), existing is null ? null : JsonNode.Parse(existing.Value.GetRawText()));
        account.Credentials = existing ?? JsonElement.Parse(sample!.ToJsonString());
        return account;
    }

    /// <param name="further">Secrets that only the recording has seen, such as cookies.</param>
    public SecretTexts Texts(IReadOnlyCollection<string> further) =>
        new(_replaced.Concat(further.Select(text => (text, "•••"))), [.. _secrets, .. further]);

    private JsonNode? StandIn(string name, JsonNode? value, JsonNode? existing)
    {
        switch (value)
        {
            case JsonObject members:
                return new JsonObject(members.Select(member =>
                    KeyValuePair.Create(member.Key, StandIn(member.Key, member.Value, (existing as JsonObject)?[member.Key]))));
            case JsonArray items:
                return new JsonArray([.. items.Select((item, i) =>
                    StandIn($"{name}-{i}", item, existing is JsonArray list && i < list.Count ? list[i] : null))]);
            case JsonValue text when text.TryGetValue<string>(out var secret):
                var standIn = existing is JsonValue known && known.TryGetValue<string>(out var given) ? given : SecretTexts.StandInFor(name, _secrets);
                _replaced.Add((secret, standIn));
                return JsonValue.Create(standIn);
            default:
                return value?.DeepClone();
        }
    }

    /// <summary>Fields that the form shows in clear and the authentication does not send, such as a host or a region: parts of them stand everywhere.</summary>
    private static HashSet<string> OpenNames(ConnectorPackage package)
    {
        var rule = package.Manifest.Http.Authentication;
        var sent = rule.Type == "bearer" ? ["access_token"] : Name().Matches(rule.Value ?? "").Select(match => match.Value);
        var fields = package.CredentialsForm.TryGetProperty("properties", out var properties)
            ? properties.EnumerateObject().Where(field => !field.Value.IsTrue("x-secret")).Select(field => field.Name)
            : [];
        return [.. fields.Except(sent)];
    }

    private static IEnumerable<string> TextsOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => [element.GetString()!],
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => TextsOf(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(TextsOf),
        _ => [],
    };

    [GeneratedRegex(@"[A-Za-z_]\w*")]
    private static partial Regex Name();
}
