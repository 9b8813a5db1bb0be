using System.Text.Json;
using System.Text.Json.Serialization;

namespace ConnectorPlatform.Host.Http;

/// <summary>A recorded request with its reply, as <c>samples/*.json</c> hold lists of.</summary>
internal sealed record SampleExchange
{
    public required SampleRequest Request { get; init; }

    public required SampleReply Reply { get; init; }

    /// <summary>File and JSON pointer.</summary>
    [JsonIgnore]
    public string Place { get; init; } = "";
}

/// <summary>Matches the requests that have the same method and path and, of the query and the body, at least what is given here.</summary>
internal sealed record SampleRequest
{
    public string Method { get; init; } = "GET";

    /// <summary>Relative to the base address, without a leading slash; or an absolute address.</summary>
    public required string Path { get; init; }

    /// <summary>A scalar is the value's text, null means that the entry is absent. The values of a repeated entry are joined by commas.</summary>
    public IReadOnlyDictionary<string, JsonElement> Query { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>An object matches by its members, anything else as a whole.</summary>
    public JsonElement? Body { get; init; }

    [JsonIgnore]
    public string Key => KeyOf(Method, Path);

    [JsonIgnore]
    public int Entries => Query.Count + (Body is { ValueKind: JsonValueKind.Object } body ? body.EnumerateObject().Count() : Body is null ? 0 : 1);

    /// <summary>The same for <c>a%2Fb</c> and <c>a/b</c>, so that authors may write either.</summary>
    public static string KeyOf(string method, string path) => $"{method.ToUpperInvariant()} {Uri.UnescapeDataString(path)}";

    public bool Matches(IReadOnlyDictionary<string, string> query, JsonElement? body) =>
        Query.All(entry => query.GetValueOrDefault(entry.Key) == TextOf(entry.Value)) && BodyMatches(body);

    /// <summary>Whether some request would match both, with nothing to prefer one.</summary>
    public bool IsAmbiguousWith(SampleRequest other) =>
        Entries == other.Entries
        && Query.All(entry => !other.Query.TryGetValue(entry.Key, out var value) || TextOf(value) == TextOf(entry.Value))
        && BodiesAgree(Body, other.Body);

    private static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        _ => value.GetRawText(),
    };

    private bool BodyMatches(JsonElement? body) => (Body, body) switch
    {
        (null, _) => true,
        (_, null) => false,
        ({ ValueKind: JsonValueKind.Object } expected, { ValueKind: JsonValueKind.Object } actual) => expected.EnumerateObject()
            .All(member => actual.TryGetProperty(member.Name, out var value) && JsonElement.DeepEquals(member.Value, value)),
        ({ } expected, { } actual) => JsonElement.DeepEquals(expected, actual),
    };

    private static bool BodiesAgree(JsonElement? one, JsonElement? other) => (one, other) switch
    {
        (null, _) or (_, null) => true,
        ({ ValueKind: JsonValueKind.Object } left, { ValueKind: JsonValueKind.Object } right) => left.EnumerateObject()
            .All(member => !right.TryGetProperty(member.Name, out var value) || JsonElement.DeepEquals(member.Value, value)),
        ({ } left, { } right) => JsonElement.DeepEquals(left, right),
    };
}

/// <summary>A recorded reply.</summary>
internal sealed record SampleReply
{
    public int Status { get; init; } = 200;

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>A string is sent as it is, as plain text; anything else as JSON.</summary>
    public JsonElement? Body { get; init; }

    /// <summary>The body as it is sent.</summary>
    [JsonIgnore]
    public string Text => Body switch
    {
        null => "",
        { ValueKind: JsonValueKind.String } body => body.GetString()!,
        { } body => body.GetRawText(),
    };

    [JsonIgnore]
    public string MediaType => Body is { ValueKind: not JsonValueKind.String } ? "application/json" : "text/plain";
}
