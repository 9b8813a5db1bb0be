using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ConnectorPlatform.Tests.Contracts;

public sealed class TypedBatchTests
{
    private static readonly ConnectorContext Context = new() { Http = new HttpClient() };

    private enum Direction
    {
        NorthEast,

        [JsonStringEnumMemberName("due-south")]
        South,
    }

    private sealed record Place(string City, int Number);

    private sealed record Everything
    {
        [Key]
        public long Id { get; init; } = long.MaxValue;

        public string? Text { get; init; }

        public int Int { get; init; } = int.MinValue;

        public short? Short { get; init; }

        public sbyte Tiny { get; init; } = -128;

        public ushort? Port { get; init; } = 65535;

        public uint Unsigned { get; init; } = uint.MaxValue;

        public ulong Huge { get; init; } = ulong.MaxValue;

        public double Double { get; init; } = 0.1;

        public float? Float { get; init; } = 0.5f;

        public decimal Price { get; init; } = 79228162514264337593543950335m;

        public bool? Flag { get; init; } = true;

        public DateOnly Day { get; init; } = new(2026, 2, 28);

        public DateTimeOffset At { get; init; } = new(2026, 1, 1, 1, 0, 0, TimeSpan.FromHours(2));

        public DateTime Unzoned { get; init; } = new(2026, 1, 1, 12, 0, 0, DateTimeKind.Unspecified);

        public Direction Heading { get; init; } = Direction.NorthEast;

        public Direction? Named { get; init; } = Direction.South;

        public Direction Unnamed { get; init; } = (Direction)7;

        public Guid Guid { get; init; } = Guid.Empty;

        public Uri? Link { get; init; } = new("https://a.example/ä");

        public Place? Place { get; init; } = new("Köln", 3);

        public IReadOnlyList<int>? Numbers { get; init; } = [1, 2];

        public JsonElement Raw { get; init; } = JsonElement.Parse("""{ "a": null }""");

        public JsonElement Nothing { get; init; }

        [JsonPropertyName("Renamed_HERE")]
        [Description("In metres.")]
        public int Renamed { get; init; } = 5;

        [JsonIgnore]
        public string Hidden { get; init; } = "";
    }

    private readonly record struct Point(int X, decimal? Y);

    private sealed record HostColumn(string RunId, [property: JsonPropertyName("_Run_Id")] string Mine);

    private sealed record SameTwice(int A, [property: JsonPropertyName("A")] int B);

    [Fact]
    public void Properties_become_columns_in_order_with_type_key_and_description()
    {
        var columns = Context.Batch<Everything>([]).Columns;

        Assert.Equal(
            "id:Integer text:String int:Integer short:Integer tiny:Integer port:Integer unsigned:Integer huge:Decimal double:Double float:Double "
            + "price:Decimal flag:Boolean day:Date at:DateTime unzoned:DateTime heading:String named:String unnamed:String guid:String link:String "
            + "place:Json numbers:Json raw:Json nothing:Json Renamed_HERE:Integer",
            string.Join(' ', columns.Select(column => $"{column.Name}:{column.Type}")));
        Assert.Equal("id", Assert.Single(columns, column => column.IsKey).Name);
        Assert.Equal("In metres.", Assert.Single(columns, column => column.Description is not null).Description);
    }

    [Fact]
    public void Values_arrive_exactly()
    {
        var batch = Context.Batch<Everything>([new()]);

        Assert.Equal(long.MaxValue, Value<long?>(batch, "id"));
        Assert.Null(Value<string?>(batch, "text"));
        Assert.Equal(int.MinValue, Value<long?>(batch, "int"));
        Assert.Null(Value<long?>(batch, "short"));
        Assert.Equal((-128, 65535, uint.MaxValue), (Value<long?>(batch, "tiny"), Value<long?>(batch, "port"), Value<long?>(batch, "unsigned")));
        Assert.Equal(18446744073709551615m, Value<decimal?>(batch, "huge"));
        Assert.Equal((0.1, 0.5), (Value<double?>(batch, "double"), Value<double?>(batch, "float")));
        Assert.Equal(decimal.MaxValue, Value<decimal?>(batch, "price"));
        Assert.True(Value<bool?>(batch, "flag"));
        Assert.Equal(new DateOnly(2026, 2, 28), Value<DateOnly?>(batch, "day"));
        Assert.Equal("00000000-0000-0000-0000-000000000000", Value<string?>(batch, "guid"));
        Assert.Equal("https://a.example/ä", Value<string?>(batch, "link"));
    }

    [Fact]
    public void Instants_are_utc_and_a_time_without_zone_is_taken_as_utc()
    {
        var batch = Context.Batch<Everything>([new()]);

        Assert.Equal(new DateTime(2025, 12, 31, 23, 0, 0, DateTimeKind.Utc), Value<DateTime?>(batch, "at"));
        Assert.Equal(new DateTime(2026, 1, 1, 12, 0, 0, DateTimeKind.Utc), Value<DateTime?>(batch, "unzoned"));
        Assert.Equal((DateTimeKind.Utc, DateTimeKind.Utc), (Value<DateTime?>(batch, "at")!.Value.Kind, Value<DateTime?>(batch, "unzoned")!.Value.Kind));
    }

    [Fact]
    public void Enums_are_the_text_that_the_source_wrote()
    {
        var batch = Context.Batch<Everything>([new(), new() { Named = null }]);

        Assert.Equal(("north_east", "due-south", "7"), (Value<string?>(batch, "heading"), Value<string?>(batch, "named"), Value<string?>(batch, "unnamed")));
        Assert.Null(Value<string?>(batch, "named", row: 1));
    }

    [Fact]
    public void Lists_and_objects_become_json_and_absent_ones_null()
    {
        var batch = Context.Batch<Everything>([new(), new() { Place = null, Numbers = null }]);

        Assert.Equal("""{"city":"K\u00F6ln","number":3}""", Value<string?>(batch, "place"));
        Assert.Equal("[1,2]", Value<string?>(batch, "numbers"));
        Assert.Equal("""{ "a": null }""", Value<string?>(batch, "raw"));
        Assert.Null(Value<string?>(batch, "nothing"));
        Assert.Null(Value<string?>(batch, "place", row: 1));
        Assert.Null(Value<string?>(batch, "numbers", row: 1));
    }

    [Fact]
    public void Structs_and_lists_other_than_arrays_are_read_alike()
    {
        Point[] array = [new(1, 2.50m), new(2, null)];

        foreach (var records in new IReadOnlyList<Point>[] { array, array.ToList() })
        {
            var batch = Context.Batch(records);
            Assert.Equal((1L, 2L), (Value<long?>(batch, "x"), Value<long?>(batch, "x", row: 1)));
            Assert.Equal("2.50", Value<decimal?>(batch, "y")!.Value.ToString(System.Globalization.CultureInfo.InvariantCulture));
            Assert.Null(Value<decimal?>(batch, "y", row: 1));
        }
    }

    [Fact]
    public void A_column_is_not_read_as_another_type()
    {
        var batch = Context.Batch<Everything>([new()]);

        Assert.Throws<InvalidCastException>(() => batch.CopyColumn<long>(0, new long[1]));
        Assert.Throws<InvalidCastException>(() => batch.CopyColumn<string?>(0, new string?[1]));
    }

    [Fact]
    public void A_forbidden_column_name_is_the_authors_error_every_time()
    {
        for (var time = 0; time < 2; time++)
        {
            var host = Assert.Throws<ConnectorException>(() => Context.Batch<HostColumn>([]));
            var twice = Assert.Throws<ConnectorException>(() => Context.Batch<SameTwice>([]));

            Assert.Equal((FailureKind.Connector, FailureKind.Connector), (host.Kind, twice.Kind));
            Assert.Equal("The column name \"_Run_Id\" belongs to the host.", host.Message);
            Assert.StartsWith("There are two columns named \"A\"", twice.Message, StringComparison.Ordinal);
        }
    }

    private static TValue Value<TValue>(RecordBatch batch, string column, int row = 0)
    {
        var values = new TValue[batch.Count];
        batch.CopyColumn<TValue>(batch.Columns.Index().Single(item => item.Item.Name == column).Index, values);
        return values[row];
    }
}
