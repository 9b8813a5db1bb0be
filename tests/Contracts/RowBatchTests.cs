using System.Text.Json;

namespace ConnectorPlatform.Tests.Contracts;

public sealed class RowBatchTests
{
    private static readonly ConnectorContext Context = new() { Http = new HttpClient() };

    [Fact]
    public void Values_that_convert_without_loss_are_accepted()
    {
        var at = new DateTimeOffset(2026, 1, 1, 1, 0, 0, TimeSpan.FromHours(2));

        Assert.Equal(-5L, Only<long?>(ColumnType.Integer, (sbyte)-5));
        Assert.Equal(uint.MaxValue, Only<long?>(ColumnType.Integer, uint.MaxValue));
        Assert.Equal(18446744073709551615m, Only<decimal?>(ColumnType.Decimal, ulong.MaxValue));
        Assert.Equal(0.5, Only<double?>(ColumnType.Double, 0.5f));
        Assert.Equal(new DateTime(2025, 12, 31, 23, 0, 0, DateTimeKind.Utc), Only<DateTime?>(ColumnType.DateTime, at));
        Assert.Equal(DateTimeKind.Utc, Only<DateTime?>(ColumnType.DateTime, new DateTime(2026, 1, 1)).GetValueOrDefault().Kind);
        Assert.Equal(new DateOnly(2026, 1, 1), Only<DateOnly?>(ColumnType.Date, new DateOnly(2026, 1, 1)));
        Assert.Equal("[1]", Only<string?>(ColumnType.Json, JsonElement.Parse("[1]")));
        Assert.Equal("", Only<string?>(ColumnType.String, ""));
        Assert.True(Only<bool?>(ColumnType.Boolean, true));
    }

    [Fact]
    public void Null_is_null_in_every_type_and_so_is_json_null()
    {
        foreach (var type in Enum.GetValues<ColumnType>())
        {
            Assert.Null(Only<object?>(type, null));
            Assert.Null(Only<object?>(type, JsonElement.Parse("null")));
            Assert.Null(Only<object?>(type, default(JsonElement)));
        }
    }

    public static TheoryData<ColumnType, object> LossyValues => new()
    {
        { ColumnType.Integer, "5" }, { ColumnType.Integer, 5.0 }, { ColumnType.Integer, ulong.MaxValue }, { ColumnType.Double, 1L },
        { ColumnType.Double, 0.1m }, { ColumnType.Decimal, 0.1 }, { ColumnType.String, 5 }, { ColumnType.Boolean, 1 },
        { ColumnType.Date, new DateTime(2026, 1, 1) }, { ColumnType.DateTime, "2026-01-01" }, { ColumnType.Json, 5 },
    };

    [Theory]
    [MemberData(nameof(LossyValues))]
    public void A_value_of_another_type_is_the_authors_error(ColumnType type, object value)
    {
        var exception = Assert.Throws<ConnectorException>(() => Only<object?>(type, value));

        Assert.Equal(FailureKind.Connector, exception.Kind);
        Assert.Equal($"Row 0 of the batch has a {value.GetType().Name} in column \"value\", whose type is {type}.", exception.Message);
    }

    [Fact]
    public void A_row_of_another_width_is_named()
    {
        var exception = Assert.Throws<ConnectorException>(
            () => Context.BatchOfRows([new("a", ColumnType.String), new("b", ColumnType.String)], [["1", "2"], ["1"]]));

        Assert.Equal("Row 1 of the batch has 1 values where there are 2 columns.", exception.Message);
    }

    [Theory]
    [InlineData("a", "A", "There are two columns named \"A\" (case does not tell columns apart).")]
    [InlineData("a", "_loaded_AT", "The column name \"_loaded_AT\" belongs to the host.")]
    [InlineData("a", " ", "A column's name is empty, longer than 200 characters or has control characters: \" \".")]
    [InlineData("a", "b\n", "A column's name is empty, longer than 200 characters or has control characters: \"b\n\".")]
    public void A_forbidden_column_name_is_refused(string first, string second, string message)
    {
        var exception = Assert.Throws<ConnectorException>(
            () => Context.BatchOfRows([new(first, ColumnType.String), new(second, ColumnType.String)], []));

        Assert.Equal((FailureKind.Connector, message), (exception.Kind, exception.Message));
    }

    [Fact]
    public void A_batch_without_columns_is_refused() =>
        Assert.Equal("A batch needs at least one column.", Assert.Throws<ConnectorException>(() => Context.BatchOfRows([], [])).Message);

    [Fact]
    public void A_column_is_not_read_as_another_type()
    {
        var batch = Context.BatchOfRows([new("a", ColumnType.Integer)], [[1]]);

        Assert.Throws<InvalidCastException>(() => batch.CopyColumn<string?>(0, new string?[1]));
    }

    private sealed record Position(long AfterId, DateTimeOffset Since);

    [Fact]
    public void A_checkpoint_comes_back_as_it_went()
    {
        var position = new Position(long.MaxValue, new(2026, 1, 1, 0, 0, 0, TimeSpan.FromHours(-5)));

        var batch = Context.BatchOfRows([new("a", ColumnType.Integer)], [], position);

        Assert.Equal("""{"after_id":9223372036854775807,"since":"2026-01-01T00:00:00-05:00"}""", batch.Checkpoint!.Value.GetRawText());
        Assert.Equal(position, Context.Read<Position>(batch.Checkpoint.Value));
        Assert.Null(Context.BatchOfRows([new("a", ColumnType.Integer)], []).Checkpoint);
    }

    private static TValue Only<TValue>(ColumnType type, object? value)
    {
        var values = new TValue[1];
        Context.BatchOfRows([new("value", type)], [[value]]).CopyColumn<TValue>(0, values);
        return values[0];
    }
}
