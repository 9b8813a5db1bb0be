using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ConnectorPlatform;

/// <summary>Reads one property of a record type as a column.</summary>
internal abstract class PropertyReader<TRecord>(Column column)
{
    internal Column Column { get; } = column;

    internal static PropertyReader<TRecord>[] ForRecord() =>
    [
        .. typeof(TRecord).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.GetMethod is { IsPublic: true }
                && property.GetIndexParameters().Length == 0
                && property.GetCustomAttribute<JsonIgnoreAttribute>() is not { Condition: JsonIgnoreCondition.Always })
            .Select(ForProperty),
    ];

    private static PropertyReader<TRecord> ForProperty(PropertyInfo property) => ForNumber(property) ?? ForOther(property);

    private static PropertyReader<TRecord>? ForNumber(PropertyInfo property)
    {
        var type = property.PropertyType;
        return type switch
        {
            _ when type == typeof(long) => Create<long, long?>(property, ColumnType.Integer, value => value),
            _ when type == typeof(long?) => Create<long?, long?>(property, ColumnType.Integer, value => value),
            _ when type == typeof(int) => Create<int, long?>(property, ColumnType.Integer, value => value),
            _ when type == typeof(int?) => Create<int?, long?>(property, ColumnType.Integer, value => value),
            _ when type == typeof(short) => Create<short, long?>(property, ColumnType.Integer, value => value),
            _ when type == typeof(short?) => Create<short?, long?>(property, ColumnType.Integer, value => value),
            _ when type == typeof(byte) => Create<byte, long?>(property, ColumnType.Integer, value => value),
            _ when type == typeof(byte?) => Create<byte?, long?>(property, ColumnType.Integer, value => value),
            _ when type == typeof(sbyte) => Create<sbyte, long?>(property, ColumnType.Integer, value => value),
            _ when type == typeof(sbyte?) => Create<sbyte?, long?>(property, ColumnType.Integer, value => value),
            _ when type == typeof(ushort) => Create<ushort, long?>(property, ColumnType.Integer, value => value),
            _ when type == typeof(ushort?) => Create<ushort?, long?>(property, ColumnType.Integer, value => value),
            _ when type == typeof(uint) => Create<uint, long?>(property, ColumnType.Integer, value => value),
            _ when type == typeof(uint?) => Create<uint?, long?>(property, ColumnType.Integer, value => value),
            _ when type == typeof(ulong) => Create<ulong, decimal?>(property, ColumnType.Decimal, value => value),
            _ when type == typeof(ulong?) => Create<ulong?, decimal?>(property, ColumnType.Decimal, value => value),
            _ when type == typeof(double) => Create<double, double?>(property, ColumnType.Double, value => value),
            _ when type == typeof(double?) => Create<double?, double?>(property, ColumnType.Double, value => value),
            _ when type == typeof(float) => Create<float, double?>(property, ColumnType.Double, value => value),
            _ when type == typeof(float?) => Create<float?, double?>(property, ColumnType.Double, value => value),
            _ when type == typeof(decimal) => Create<decimal, decimal?>(property, ColumnType.Decimal, value => value),
            _ when type == typeof(decimal?) => Create<decimal?, decimal?>(property, ColumnType.Decimal, value => value),
            _ => null,
        };
    }

    private static PropertyReader<TRecord> ForOther(PropertyInfo property)
    {
        var type = property.PropertyType;
        return type switch
        {
            _ when type == typeof(string) => Create<string?, string?>(property, ColumnType.String, value => value),
            _ when type == typeof(bool) => Create<bool, bool?>(property, ColumnType.Boolean, value => value),
            _ when type == typeof(bool?) => Create<bool?, bool?>(property, ColumnType.Boolean, value => value),
            _ when type == typeof(DateOnly) => Create<DateOnly, DateOnly?>(property, ColumnType.Date, value => value),
            _ when type == typeof(DateOnly?) => Create<DateOnly?, DateOnly?>(property, ColumnType.Date, value => value),
            _ when type == typeof(DateTimeOffset) => Create<DateTimeOffset, DateTime?>(property, ColumnType.DateTime, value => value.UtcDateTime),
            _ when type == typeof(DateTimeOffset?) => Create<DateTimeOffset?, DateTime?>(property, ColumnType.DateTime, value => value?.UtcDateTime),
            _ when type == typeof(DateTime) => Create<DateTime, DateTime?>(property, ColumnType.DateTime, value => Instant.From(value)),
            _ when type == typeof(DateTime?) => Create<DateTime?, DateTime?>(property, ColumnType.DateTime, value => value is { } some ? Instant.From(some) : null),
            _ when type == typeof(Uri) => Create<Uri?, string?>(property, ColumnType.String, value => value?.OriginalString),
            _ when type == typeof(Guid) => Create<Guid, string?>(property, ColumnType.String, value => value.ToString()),
            _ when type == typeof(Guid?) => Create<Guid?, string?>(property, ColumnType.String, value => value?.ToString()),
            _ when type == typeof(JsonElement) => Create<JsonElement, string?>(property, ColumnType.Json, ToJson),
            _ when type == typeof(JsonElement?) => Create<JsonElement?, string?>(property, ColumnType.Json, value => value is { } some ? ToJson(some) : null),
            _ when (Nullable.GetUnderlyingType(type) ?? type).IsEnum => CreateBoxed(property, ColumnType.String, EnumName),
            _ => CreateBoxed(property, ColumnType.Json, value => JsonSerializer.Serialize(value, property.PropertyType, Json.Options)),
        };
    }

    private static PropertyReader<TRecord, TValue> Create<TProperty, TValue>(
        PropertyInfo property, ColumnType columnType, Func<TProperty, TValue> convert)
    {
        var column = ToColumn(property, columnType);
        if (typeof(TRecord).IsValueType)
        {
            var get = property.GetMethod!.CreateDelegate<StructGetter<TProperty>>();
            return new(column, record => convert(get(ref record)));
        }
        else
        {
            var get = property.GetMethod!.CreateDelegate<Func<TRecord, TProperty>>();
            return new(column, record => convert(get(record)));
        }
    }

    // Rare shapes (enums, lists, nested objects) may box: serialising them costs far more than that.
    private static PropertyReader<TRecord, string?> CreateBoxed(PropertyInfo property, ColumnType columnType, Func<object, string?> convert) =>
        new(ToColumn(property, columnType), record => property.GetValue(record) is { } value ? convert(value) : null);

    private static Column ToColumn(PropertyInfo property, ColumnType columnType) =>
        new(property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name), columnType)
        {
            IsKey = property.IsDefined(typeof(KeyAttribute)),
            Description = property.GetCustomAttribute<DescriptionAttribute>()?.Description,
        };

    private static string? ToJson(JsonElement value) =>
        value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? null : value.GetRawText();

    /// <summary>The text that the value has in JSON, so that a column holds what the source wrote.</summary>
    private static string EnumName(object value)
    {
        var json = JsonSerializer.SerializeToElement(value, Json.Options);
        return json.ValueKind == JsonValueKind.String ? json.GetString()! : json.GetRawText();
    }

    private delegate TProperty StructGetter<TProperty>(ref TRecord record);
}

/// <summary>Reads one property of a record type as values of the column's CLR type.</summary>
internal sealed class PropertyReader<TRecord, TValue>(Column column, Func<TRecord, TValue> read) : PropertyReader<TRecord>(column)
{
    internal void Copy(IReadOnlyList<TRecord> records, Span<TValue> destination)
    {
        if (records is TRecord[] array)
        {
            for (var i = 0; i < array.Length; i++)
            {
                destination[i] = read(array[i]);
            }

            return;
        }

        for (var i = 0; i < records.Count; i++)
        {
            destination[i] = read(records[i]);
        }
    }
}
