using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace ConnectorPlatform.Benchmarks;

/// <summary>
/// Serves made-up sales at <c>/TOTAL/sales?page=N</c>, a thousand a page. All of them are written as JSON before the server
/// listens, so that serving a page costs little more than sending it.
/// </summary>
internal static class SalesServer
{
    public const int PageSize = 1000;

    public const int WarmUpPages = 20;

    private static readonly string[] Products = ["kettle", "lamp", "bicycle bell", "notebook", "garden hose", "chess set", "wool blanket"];
    private static readonly string[] Cities = ["Rotterdam", "Göteborg", "Porto", "Łódź", "Thessaloniki", "Cork"];
    private static readonly string[] Words = ["delivered", "to", "the", "neighbour", "on", "second", "attempt", "as", "agreed", "by", "telephone"];

    /// <summary>Writes the address on standard output, then serves until standard input ends.</summary>
    public static async Task<int> ServeAsync(int rows)
    {
        var pages = Enumerable.Range(0, Math.Max(rows / PageSize, WarmUpPages)).Select(Page).ToArray();
        var single = Sales(0, 1);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        await using var server = builder.Build();
        server.Run(context =>
        {
            var total = int.Parse(context.Request.Path.Value!.Split('/')[1], CultureInfo.InvariantCulture);
            var number = int.Parse(context.Request.Query["page"]!, CultureInfo.InvariantCulture);
            return SendAsync(context.Response, total == 1 ? single : pages[number - 1], number * PageSize < total ? number + 1 : null);
        });
        await server.StartAsync();
        await Console.Out.WriteLineAsync(server.Urls.Single());
        await Console.In.ReadToEndAsync();
        return 0;
    }

    private static async Task SendAsync(HttpResponse response, byte[] sales, int? next)
    {
        var tail = Encoding.UTF8.GetBytes($$""","next_page":{{next?.ToString(CultureInfo.InvariantCulture) ?? "null"}}}""");
        response.ContentType = "application/json";
        response.ContentLength = sales.Length + tail.Length;
        await response.BodyWriter.WriteAsync(sales);
        await response.BodyWriter.WriteAsync(tail);
    }

    private static byte[] Page(int index) => Sales(index * PageSize, PageSize);

    /// <summary>The beginning of a reply: <c>{"sales":[…]</c>.</summary>
    private static byte[] Sales(int first, int count)
    {
        using var stream = new MemoryStream();
        stream.Write("""{"sales":"""u8);
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartArray();
            for (var id = first; id < first + count; id++)
            {
                Write(json, id);
            }

            json.WriteEndArray();
        }

        return stream.ToArray();
    }

    private static void Write(Utf8JsonWriter json, int id)
    {
        var random = new Random(id);
        var soldAt = DateTime.UnixEpoch.AddDays(20_000).AddMilliseconds(id * 60_250L);
        json.WriteStartObject();
        json.WriteNumber("id", 7_000_000_000L + id);
        json.WriteString("product", $"{Products[random.Next(Products.Length)]} {random.Next(1000)}");
        json.WriteString("city", Cities[random.Next(Cities.Length)]);
        json.WriteString("note", string.Join(' ', Enumerable.Range(0, 6).Select(_ => Words[random.Next(Words.Length)])));
        json.WriteNumber("price", random.Next(100, 500_000) / 100m);
        json.WriteNumber("weight", Math.Round(random.NextDouble() * 40, 4));
        json.WriteBoolean("is_paid", random.Next(3) > 0);
        json.WriteString("day", soldAt.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        json.WriteString("sold_at", soldAt.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        if (random.Next(10) > 0)
        {
            json.WriteNumber("rating", random.Next(1, 6));
        }
        else
        {
            json.WriteNull("rating");
        }

        json.WriteEndObject();
    }
}
