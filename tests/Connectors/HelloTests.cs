using System.Text.Json;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Tests.Support;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;

namespace ConnectorPlatform.Tests.Connectors;

/// <summary>The smallest complete connector, loaded as a package and run against a server that answers from its samples.</summary>
public sealed class HelloTests : IDisposable
{
    private static readonly string[] Files = ["connector.json", "hello.csproj", "HelloConnector.cs"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private readonly WireMockServer _source = WireMockServer.Start();
    private readonly ConnectorPackage _package =
        new ConnectorCatalog([PackageCopy.Built("hello")], PackageCopy.AnyForm).Find("hello");

    public HelloTests()
    {
        using var exchanges = JsonDocument.Parse(File.ReadAllText(Path.Combine(_package.SamplesFolder, "greetings.json")));
        foreach (var exchange in exchanges.RootElement.EnumerateArray())
        {
            var request = exchange.GetProperty("request");
            _source
                .Given(Request.Create().WithPath($"/api/{request.GetProperty("path")}")
                    .WithParam("after", request.GetProperty("query").GetProperty("after").GetString()!).UsingGet())
                .RespondWith(Response.Create().WithBody(exchange.GetProperty("reply").GetProperty("body").GetRawText()));
        }
    }

    public void Dispose() => _source.Dispose();

    [Fact]
    public async Task Hello_reads_all_its_samples_page_by_page()
    {
        var batches = await ReadAsync(state: null);

        Assert.Equal([100, 100, 50], batches.Select(batch => batch.Count));
        Assert.Equal(
            ["id:Integer:True", "text:String:False", "warmth:Decimal:False", "said_at:DateTime:False"],
            batches[0].Columns.Select(column => $"{column.Name}:{column.Type}:{column.IsKey}"));
        Assert.Equal(250, Ids(batches).Distinct().Count());
    }

    [Fact]
    public async Task Hello_resumed_from_any_checkpoint_reads_exactly_the_rest()
    {
        var batches = await ReadAsync(state: null);

        for (var read = 1; read <= batches.Count; read++)
        {
            var rest = await ReadAsync(batches[read - 1].Checkpoint);
            Assert.Equal(Ids(batches), [.. Ids(batches[..read]), .. Ids(rest)]);
        }
    }

    [Fact]
    public void Hello_has_no_more_than_forty_lines_in_three_files()
    {
        Assert.Equal(Files.Order(StringComparer.Ordinal), Directory.GetFiles(Repository.PathOf("connectors", "hello")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.InRange(Files.Sum(file => File.ReadAllLines(Repository.PathOf("connectors", "hello", file)).Length), 1, 40);
    }

    [Fact]
    public void The_guide_shows_hello_exactly_as_it_is()
    {
        var blocks = File.ReadAllText(Repository.PathOf("contracts", "README.md")).Split("\n```").Select(block => block[(block.IndexOf('\n') + 1)..]).ToList();

        Assert.All(Files, file => Assert.Contains(File.ReadAllText(Repository.PathOf("connectors", "hello", file)).TrimEnd(), blocks));
    }

    private async Task<List<RecordBatch>> ReadAsync(JsonElement? state)
    {
        var connector = new ConnectorLoader().Load(_package).Create();
        var context = new ConnectorContext { Http = new HttpClient { BaseAddress = new Uri(_source.Url! + "/api/") }, State = state };
        return await connector.ReadAsync(context, Cancellation).ToListAsync(Cancellation);
    }

    private static List<long?> Ids(IEnumerable<RecordBatch> batches) =>
    [
        .. batches.SelectMany(batch =>
        {
            var ids = new long?[batch.Count];
            batch.CopyColumn<long?>(0, ids);
            return ids;
        }),
    ];
}
