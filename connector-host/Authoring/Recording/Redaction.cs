using System.Text.Encodings.Web;
using System.Text.Json;

namespace ConnectorPlatform.Host.Authoring.Recording;

/// <summary>Rewrites JSON: every text goes through <paramref name="clean"/>, and the named fields get stand-ins for their values.</summary>
/// <param name="fields">Names as replies write them, whatever their case.</param>
internal sealed class Redaction(IEnumerable<string> fields, StandIns standIns, Func<string, string> clean)
{
    /// <summary>Shorter values are replaced in their field alone: a 1 stands in every other request.</summary>
    private const int ShortestFollowed = 4;

    private static readonly string[] AlwaysRedacted =
        ["access_token", "refresh_token", "id_token", "client_secret", "password", "api_key", "apikey", "accessToken", "refreshToken", "clientSecret"];

    private readonly HashSet<string> _named = new(fields, StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _fields = new([.. fields, .. AlwaysRedacted], StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _replaced = [];
    private readonly HashSet<string> _found = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>How many different values have a stand-in.</summary>
    public int Replaced => _replaced.Count;

    /// <summary>Named fields that no reply had.</summary>
    public IEnumerable<string> NotFound => _named.Except(_found, StringComparer.OrdinalIgnoreCase);

    /// <summary>A reply's JSON.</summary>
    public JsonElement OfReply(JsonElement json) => Rewritten(json, follow: false);

    /// <summary>JSON that a reply's values may have gone into: a request's body, the details.</summary>
    public JsonElement OfRequest(JsonElement json) => Rewritten(json, follow: true);

    /// <summary>A text that a reply's value may have gone into.</summary>
    public string OfRequest(string text) => text.Length >= ShortestFollowed && _replaced.TryGetValue(text, out var standIn) ? standIn : clean(text);

    /// <summary>Whether one value of a row became another by what is done here.</summary>
    public bool Explains(string? live, string? replayed) =>
        live is not null && (clean(live) == replayed || (_replaced.TryGetValue(live, out var standIn) && standIn == replayed));

    /// <inheritdoc cref="Explains"/>
    public bool ExplainsJson(string? live, string? replayed) =>
        live is not null && replayed is not null && JsonElement.DeepEquals(OfReply(JsonElement.Parse(live)), JsonElement.Parse(replayed));

    private JsonElement Rewritten(JsonElement json, bool follow)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true }))
        {
            Write(writer, json, redact: false, follow);
        }

        return JsonElement.Parse(buffer.ToArray());
    }

    private void Write(Utf8JsonWriter writer, JsonElement json, bool redact, bool follow)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in json.EnumerateObject())
                {
                    writer.WritePropertyName(clean(member.Name));
                    Write(writer, member.Value, redact || IsField(member.Name), follow);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in json.EnumerateArray())
                {
                    Write(writer, item, redact, follow);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                var text = json.GetString()!;
                writer.WriteStringValue(redact ? StandIn(text, standIns.OfText) : follow ? OfRequest(text) : clean(text));
                break;
            case JsonValueKind.Number when redact || follow:
                var number = json.GetRawText();
                writer.WriteRawValue(redact ? StandIn(number, standIns.OfNumber) : _replaced.GetValueOrDefault(number, number));
                break;
            case JsonValueKind.True when redact:
                writer.WriteBooleanValue(false);
                break;
            default:
                json.WriteTo(writer);
                break;
        }
    }

    private bool IsField(string name)
    {
        if (!_fields.Contains(name))
        {
            return false;
        }

        _found.Add(name);
        return true;
    }

    private string StandIn(string value, Func<string, string> make)
    {
        // A credential that a reply repeats has its stand-in already, and requests are made with that one.
        if (clean(value) is var cleaned && cleaned != value)
        {
            return cleaned;
        }

        if (!_replaced.TryGetValue(value, out var standIn))
        {
            _replaced.Add(value, standIn = value.Length == 0 ? value : make(value));
        }

        return standIn;
    }
}
