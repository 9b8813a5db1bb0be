using System.Text.Json;
using System.Text.Json.Serialization;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Laws.Cases;

/// <summary>
/// A run against a described source: <c>tests/scenarios/&lt;connector&gt;/&lt;case&gt;/</c> with <c>scenario.json</c>, WireMock mappings in
/// <c>mappings/</c>, and <c>expected.json</c> unless the run fails.
/// </summary>
internal sealed record Scenario
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter<FailureKind>(), new JsonStringEnumConverter<UpdateMethod>() },
    };

    /// <summary><c>connector/case</c>.</summary>
    public required string Name { get; init; }

    public required string Folder { get; init; }

    public required Description Run { get; init; }

    /// <summary>Null when the run fails.</summary>
    public required ExpectedRows? Expected { get; init; }

    public string Connector => Name.Split('/')[0];

    public string MappingsFolder => Path.Combine(Folder, "mappings");

    public static IEnumerable<string> Names(string connector = "*") =>
        Directory.GetDirectories(Repository.PathOf("tests", "scenarios"), connector)
            .SelectMany(Directory.GetDirectories)
            .Select(folder => $"{Path.GetFileName(Path.GetDirectoryName(folder))}/{Path.GetFileName(folder)}")
            .Order(StringComparer.Ordinal);

    public static Scenario Load(string name)
    {
        var folder = Repository.PathOf(["tests", "scenarios", .. name.Split('/')]);
        var expected = Path.Combine(folder, "expected.json");
        return new Scenario
        {
            Name = name,
            Folder = folder,
            Run = Read<Description>(Path.Combine(folder, "scenario.json")),
            Expected = File.Exists(expected) ? Read<ExpectedRows>(expected) : null,
        };
    }

    private static T Read<T>(string file) =>
        JsonSerializer.Deserialize<T>(File.ReadAllText(file), Options) ?? throw new JsonException($"{file} is empty.");

    /// <summary>The content of <c>scenario.json</c>.</summary>
    internal sealed record Description
    {
        public JsonElement Details { get; init; } = JsonElement.Parse("{}");

        /// <summary>The time at which the run stands still.</summary>
        public DateTimeOffset Now { get; init; } = new(2026, 10, 30, 15, 20, 0, TimeSpan.Zero);

        public JsonElement Credentials { get; init; } = JsonElement.Parse("""{ "access_token": "scenario-token" }""");

        /// <summary>The checkpoint to continue from.</summary>
        public JsonElement? State { get; init; }

        /// <summary>How runs that go on keep their rows; rows that are read again need Upsert.</summary>
        public UpdateMethod UpdateMethod { get; init; } = UpdateMethod.Append;

        public required Expectation Expect { get; init; }
    }

    /// <param name="State">Succeeded, SucceededWithWarnings or Failed.</param>
    /// <param name="Failure">When failed.</param>
    /// <param name="Warnings">Parts of the connector's warnings, in order.</param>
    /// <param name="HostWarnings">Warnings that the host adds by itself.</param>
    internal sealed record Expectation(string State, ExpectedFailure? Failure = null, string[]? Warnings = null, string[]? HostWarnings = null);

    /// <summary>How the run fails, and a part of what the user reads.</summary>
    internal sealed record ExpectedFailure(FailureKind Kind, string Message);

    /// <param name="Columns"><c>name:Type</c> in order.</param>
    /// <param name="Keys">Names of the key columns in order.</param>
    /// <param name="Rows">Values as JSON: instants as ISO text in UTC, JSON columns as documents.</param>
    internal sealed record ExpectedRows(string[] Columns, string[] Keys, JsonElement[][] Rows);
}
