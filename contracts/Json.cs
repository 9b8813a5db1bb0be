using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ConnectorPlatform;

/// <summary>How the contract reads JSON: snake_case names, numbers also from text, ISO 8601 offsets with or without a colon.</summary>
internal static class Json
{
    internal static readonly JsonSerializerOptions Options = Create();

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            NumberHandling = JsonNumberHandling.AllowReadingFromString,
        };
        options.Converters.Add(new InstantConverter());
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower));
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    private sealed class InstantConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.String)
            {
                // Without an offset an instant is UTC; System.Text.Json would take the server's zone.
                if (reader.TryGetDateTimeOffset(out var instant) && reader.TryGetDateTime(out var time))
                {
                    return time.Kind == DateTimeKind.Unspecified ? new DateTimeOffset(time, TimeSpan.Zero) : instant;
                }

                // System.Text.Json refuses "+0000", which many APIs write.
                if (DateTimeOffset.TryParseExact(
                    reader.GetString(), "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out instant))
                {
                    return instant;
                }
            }

            throw new JsonException("Not an ISO 8601 instant.");
        }

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value);
    }
}
