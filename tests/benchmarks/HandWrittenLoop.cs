using System.Text.Json;
using ConnectorPlatform.Host.DataSets;
using DuckDB.NET.Data;

namespace ConnectorPlatform.Benchmarks;

/// <summary>
/// What the platform is measured against: a loop written for this one source and this one table, which asks for the next page
/// while it stores the last, and has no more settings, safety or records than it needs.
/// </summary>
internal static class HandWrittenLoop
{
    private const string Table = """
        CREATE TABLE rows (id BIGINT, product VARCHAR, city VARCHAR, note VARCHAR, price DECIMAL(38,2),
            weight DOUBLE, is_paid BOOLEAN, day DATE, sold_at TIMESTAMPTZ, rating BIGINT)
        """;

    public static async Task<Measurement> MeasureAsync(Sales sales, string folder)
    {
        await LoadAsync(sales.WarmUp, Path.Combine(folder, "warm-up.duckdb"));
        return await Measurement.OfAsync(() => LoadAsync(sales, Path.Combine(folder, "sales.duckdb")));
    }

    private static async Task<long> LoadAsync(Sales sales, string file)
    {
        using var client = new HttpClient { BaseAddress = sales.Address };
        using var connection = new DuckDBConnection($"DataSource={file};memory_limit={new DataSetStoreOptions().MemoryMegabytes}MiB;threads=1");
        await connection.OpenAsync();
        return await LoadAsync(client, connection);
    }

    private static async Task<long> LoadAsync(HttpClient client, DuckDBConnection connection)
    {
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.CommandText = Table;
        command.ExecuteNonQuery();
        var rows = 0L;
        using (var appender = connection.CreateAppender("rows"))
        {
            var next = client.GetByteArrayAsync("sales?page=1");
            for (var page = 1; page != 0;)
            {
                var body = await next;
                page = NextPage(body);
                next = page == 0 ? next : client.GetByteArrayAsync($"sales?page={page}");
                rows += Append(body, appender);
            }
        }

        transaction.Commit();
        return rows;
    }

    /// <summary>The number stands at the reply's end, where it can be seen without reading the rows; 0 after the last page.</summary>
    private static int NextPage(byte[] body)
    {
        var tail = body.AsSpan(body.AsSpan().LastIndexOf((byte)':') + 1).TrimEnd((byte)'}');
        return System.Buffers.Text.Utf8Parser.TryParse(tail, out int page, out _) ? page : 0;
    }

    private static int Append(byte[] body, DuckDBAppender appender)
    {
        var reader = new Utf8JsonReader(body);
        var rows = 0;
        reader.Read();
        reader.Read();
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            var sale = Read(ref reader);
            appender.CreateRow()
                .AppendValue(sale.Id).AppendValue(sale.Product).AppendValue(sale.City).AppendValue(sale.Note).AppendValue(sale.Price)
                .AppendValue(sale.Weight).AppendValue(sale.IsPaid).AppendValue(sale.Day).AppendValue(sale.SoldAt).AppendValue(sale.Rating)
                .EndRow();
            rows++;
        }

        return rows;
    }

    private static Sale Read(ref Utf8JsonReader reader)
    {
        var sale = default(Sale);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("id"u8)) { reader.Read(); sale.Id = reader.GetInt64(); }
            else if (reader.ValueTextEquals("product"u8)) { reader.Read(); sale.Product = reader.GetString(); }
            else if (reader.ValueTextEquals("city"u8)) { reader.Read(); sale.City = reader.GetString(); }
            else if (reader.ValueTextEquals("note"u8)) { reader.Read(); sale.Note = reader.GetString(); }
            else if (reader.ValueTextEquals("price"u8)) { reader.Read(); sale.Price = reader.GetDecimal(); }
            else if (reader.ValueTextEquals("weight"u8)) { reader.Read(); sale.Weight = reader.GetDouble(); }
            else if (reader.ValueTextEquals("is_paid"u8)) { reader.Read(); sale.IsPaid = reader.GetBoolean(); }
            else if (reader.ValueTextEquals("day"u8)) { reader.Read(); sale.Day = DateOnly.FromDateTime(reader.GetDateTime()); }
            else if (reader.ValueTextEquals("sold_at"u8)) { reader.Read(); sale.SoldAt = reader.GetDateTimeOffset().UtcDateTime; }
            else if (reader.ValueTextEquals("rating"u8)) { reader.Read(); sale.Rating = reader.TokenType == JsonTokenType.Null ? null : reader.GetInt64(); }
            else { reader.Skip(); }
        }

        return sale;
    }

    private struct Sale
    {
        public long Id;
        public string? Product;
        public string? City;
        public string? Note;
        public decimal Price;
        public double Weight;
        public bool IsPaid;
        public DateOnly Day;
        public DateTime SoldAt;
        public long? Rating;
    }
}
