using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using ConnectorPlatform.Tests.Support;
using Microsoft.AspNetCore.Builder;

namespace ConnectorPlatform.Tests.Web;

/// <summary>What the API answered.</summary>
internal sealed record ApiAnswer(int Status, HttpResponseHeaders Headers, string Text)
{
    public JsonElement Json => JsonElement.Parse(Text);

    public string? Location => Headers.Location?.OriginalString;

    public string this[string member] => Json.GetProperty(member).ToString();

    /// <summary>The answer, if its status is as expected.</summary>
    public ApiAnswer Is(int status)
    {
        Assert.True(Status == status, $"{Status} instead of {status}: {Text}");
        return this;
    }
}

/// <summary>A program that uses the API of a real server, and checks each answer against the API's own description.</summary>
internal sealed class ApiClient(SiteClient site, ApiSchema schema) : IAsyncDisposable
{
    private const int MostPages = 100;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public SiteClient Site { get; } = site;

    public ApiSchema Schema { get; } = schema;

    public static async Task<ApiClient> StartAsync() => await OfAsync(await SiteClient.StartAsync());

    public static async Task<ApiClient> StartAsync(Func<TemporaryFolder, string, WebApplication> build) => await OfAsync(await SiteClient.StartAsync(build));

    private static async Task<ApiClient> OfAsync(SiteClient site)
    {
        return new ApiClient(site, new ApiSchema(JsonElement.Parse(await site.GetAsync("/api/v1/openapi.json"))));
    }

    public Task<ApiAnswer> GetAsync(string path) => SendAsync("GET", path);

    /// <summary>All items of a list, page by page. One that would go on for ever, as its cursors lead nowhere, fails.</summary>
    public async Task<List<JsonElement>> ReadAllAsync(string path, int limit)
    {
        var (items, given) = (new List<JsonElement>(), new HashSet<string>());
        for (var cursor = ""; cursor is not null;)
        {
            Assert.True(given.Add(cursor), $"{path} has given the cursor \"{cursor}\" before.");
            Assert.True(given.Count <= MostPages, $"{path} has given {MostPages} pages and does not end.");
            var page = (await GetAsync($"{path}?limit={limit}&cursor={cursor}")).Is(200).Json;
            items.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("next").GetString();
        }

        return items;
    }

    public Task<ApiAnswer> PostAsync(string path, object? body = null, params (string Name, string Value)[] headers) => SendAsync("POST", path, body, headers);

    public Task<ApiAnswer> DeleteAsync(string path, params (string Name, string Value)[] headers) => SendAsync("DELETE", path, null, headers);

    /// <summary>Sends a request; the answer must be as the description says.</summary>
    /// <param name="method">Of HTTP.</param>
    /// <param name="path">Below <c>/api/v1</c>.</param>
    /// <param name="body">A text is sent as it stands, anything else as JSON.</param>
    /// <param name="headers">Further headers.</param>
    public async Task<ApiAnswer> SendAsync(string method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        var full = $"/api/v1{path}";
        using var request = new HttpRequestMessage(new HttpMethod(method), full);
        if (body is not null)
        {
            request.Content = new StringContent(body as string ?? JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await Site.Http.SendAsync(request, Cancellation);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        var mediaType = response.Content.Headers.ContentType?.MediaType;
        var isJson = mediaType?.EndsWith("json", StringComparison.Ordinal) == true;
        var flaws = Schema.Check(method, full, (int)response.StatusCode, mediaType, isJson ? JsonElement.Parse(text) : null);
        Assert.True(flaws.Count == 0, $"{method} {full} answered {(int)response.StatusCode} otherwise than described: {string.Join(" ", flaws)}\n{text}");
        return new ApiAnswer((int)response.StatusCode, response.Headers, text);
    }

    public ValueTask DisposeAsync() => Site.DisposeAsync();
}
