using System.Text.Json;
using ConnectorPlatform.Host.Authoring.Recording;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Author;

/// <summary>Recordings of the connector <c>hello</c> from a source that repeats the token, into a folder that is gone after the test.</summary>
internal sealed class RecordBench : IAsyncDisposable
{
    public const string Token = "kq7Zr/9vTx+Bn2Lw8Yd4Hs1Pc6Mf3Jg";
    public const string Cookie = "c0Okie5essionX7w2";

    private readonly TemporaryFolder _folder = new();

    private RecordBench(GreetingSource source)
    {
        Source = source;
        Platform = new TestPlatform { Settings = { ["Connectors:hello:BaseAddress"] = source.Address.ToString() } };
    }

    public GreetingSource Source { get; }

    public TestPlatform Platform { get; }

    public string Samples => _folder.File("samples");

    public static ConnectorPackage Hello => TestPlatform.Catalog.Find("hello");

    public static async Task<RecordBench> StartAsync()
    {
        var source = await GreetingSource.StartAsync();
        (source.Greetings, source.PageSize) = (5, 2);
        source.Instead = context =>
        {
            context.Response.Headers.SetCookie = $"sid={Cookie}; Expires=Mon, 30 Nov 2026 10:00:00 GMT; Path=/";
            context.Response.Headers["X-Echo"] = $"for {context.Request.Headers.Authorization}";
            return Task.FromResult(false);
        };
        return new RecordBench(source);
    }

    public Task<RecordingResult> RecordAsync(string name, bool replace = false, params string[] redact) =>
        Platform.Part<Recorder>().RecordAsync(
            new RecordingRequest
            {
                Package = Hello,
                Credentials = JsonSerializer.SerializeToElement(new { access_token = Token }),
                Details = JsonElement.Parse("{}"),
                Name = name,
                Folder = Samples,
                Redact = redact,
                Replace = replace,
            },
            TestPlatform.Cancellation);

    /// <summary>Everything that was written.</summary>
    public string Written() => Directory.Exists(Samples) ? string.Join('\n', Directory.GetFiles(Samples).Select(file => $"{Path.GetFileName(file)}\n{File.ReadAllText(file)}")) : "";

    public JsonElement Read(string file) => JsonElement.Parse(File.ReadAllText(Path.Combine(Samples, file)));

    public async ValueTask DisposeAsync()
    {
        await Platform.DisposeAsync();
        await Source.DisposeAsync();
        _folder.Dispose();
    }
}
