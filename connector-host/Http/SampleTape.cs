using System.Text.Json;

namespace ConnectorPlatform.Host.Http;

/// <summary>Details that the sample data answers.</summary>
internal sealed record SampleExample(string Name, JsonElement Details);

/// <summary>A package's <c>samples/</c> folder: what a run without account and network is answered with.</summary>
internal sealed class SampleTape
{
    private readonly Lazy<ILookup<string, SampleExchange>> _exchanges;
    private readonly Index _index;

    private SampleTape(Index index, string folder) =>
        (_index, _exchanges) = (index, new(() => SampleFiles.ReadExchanges(folder)));

    /// <summary>When the samples were recorded; a run on them is told that it is this time.</summary>
    public DateTimeOffset Now => _index.Now;

    public JsonElement Credentials => _index.Credentials;

    public IReadOnlyList<SampleExample> Examples => _index.Details;

    /// <summary>Reads <c>samples.json</c>; the exchanges are read when the first is asked for.</summary>
    /// <exception cref="ConnectorException">The folder or the file is missing or cannot be used.</exception>
    public static SampleTape Load(string folder) =>
        File.Exists(Path.Combine(folder, SampleFiles.IndexFile))
            ? new SampleTape(SampleFiles.ReadIndex<Index>(folder), folder)
            : throw new ConnectorException(FailureKind.Details, "This connector has no sample data: choose an account of the source itself.");

    /// <summary>Reads every file and reports all that is wrong.</summary>
    /// <exception cref="ConnectorException">Kind <see cref="FailureKind.Connector"/>: each problem with its file and JSON pointer.</exception>
    public void Check() => _ = _exchanges.Value;

    /// <summary>The recorded exchange that fits best; null when none fits. The path is relative to the base address, or absolute for another host.</summary>
    public SampleExchange? Find(string method, string path, IReadOnlyDictionary<string, string> query, JsonElement? body) =>
        _exchanges.Value[SampleRequest.KeyOf(method, path)]
            .Where(exchange => exchange.Request.Matches(query, body))
            .MaxBy(exchange => exchange.Request.Entries);

    private sealed record Index
    {
        public required DateTimeOffset Now { get; init; }

        public JsonElement Credentials { get; init; } = JsonElement.Parse("{}");

        public IReadOnlyList<SampleExample> Details { get; init; } = [];
    }
}
