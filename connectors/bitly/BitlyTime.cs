using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ConnectorPlatform.Connectors.Bitly;

/// <summary>Bitly's instants: <c>2020-02-26T04:00:39+0000</c> as documented, epoch seconds in some replies.</summary>
internal sealed class BitlyTime : JsonConverter<DateTimeOffset?>
{
    public override DateTimeOffset? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            return DateTimeOffset.FromUnixTimeSeconds((long)reader.GetDouble());
        }

        var text = reader.GetString();
        return string.IsNullOrWhiteSpace(text) ? null
            : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? instant
            : throw new JsonException($"\"{text}\" is no time.");
    }

    public override void Write(Utf8JsonWriter writer, DateTimeOffset? value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value is { } instant ? Format(instant) : null);

    /// <summary>As Bitly reads it: seconds, and an offset without a colon.</summary>
    public static string Format(DateTimeOffset instant) =>
        instant.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture)
        + instant.ToString("zzz", CultureInfo.InvariantCulture).Replace(":", "", StringComparison.Ordinal);
}
