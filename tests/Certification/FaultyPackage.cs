using System.Text.Json.Nodes;
using ConnectorPlatform.Host.Certification;
using ConnectorPlatform.Tests.Connectors;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Certification;

/// <summary>The good connector <c>faulty</c> with one fault, in a folder that is gone after the test.</summary>
internal sealed class FaultyPackage : IDisposable
{
    private const string Code = "faulty.dll";

    // A certification leaves nothing behind in it.
    private static readonly TestPlatform Platform = AfterAllTests.Dispose(new TestPlatform());

    private readonly TemporaryFolder _folder = new();
    private readonly PackageCopy _copy;

    private FaultyPackage() => _copy = new PackageCopy("faulty", _folder.File("faulty"));

    public string Folder => _copy.Folder;

    /// <summary>With a fault of the package that <see cref="Changes"/> knows, or else one that the code is asked for in its details.</summary>
    public static FaultyPackage With(string fault)
    {
        var package = new FaultyPackage();
        if (Changes.TryGetValue(fault, out var change))
        {
            change(package._copy);
        }
        else
        {
            package._copy.Edit("samples/samples.json", samples => samples["details"]![0]!["details"]!["fault"] = fault);
        }

        return package;
    }

    /// <summary>Asks the laws whose names begin so; all when the text is empty.</summary>
    /// <param name="samples">Other recordings than the package's own.</param>
    public Task<Certificate> CertifyAsync(string laws, string? samples = null) => Platform.Part<Certifier>().CertifyAsync(
        Folder, samples, CertificateLevel.Gold, id => id.StartsWith(laws, StringComparison.Ordinal), TestContext.Current.CancellationToken);

    /// <summary>The good connector, which asks for its pages by POST.</summary>
    public static FaultyPackage ByPost()
    {
        var package = With("asks-by-post");
        var file = package._copy.PathOf("samples/sales.json");
        var exchanges = JsonNode.Parse(File.ReadAllText(file))!.AsArray();
        foreach (var exchange in exchanges)
        {
            exchange!["request"]!["method"] = "POST";
        }

        File.WriteAllText(file, exchanges.ToJsonString());
        return package;
    }

    /// <summary>Checks that a fault is found by its law, in words.</summary>
    public static async Task IsFoundAsync(string fault, string law)
    {
        using var package = With(fault);

        var certificate = await package.CertifyAsync(law);

        var check = Assert.Single(certificate.Checks, check => check.Verdict == Verdict.Failed);
        Assert.Equal(law, check.Id);
        Assert.True(check.Found!.Length > 20, $"A failure says what, where and what to do: {check.Found}");
        Assert.True(certificate.Level < check.Level);
    }

    public void Dispose() => _folder.Dispose();

    private static void AddDays(PackageCopy copy, string branch) => copy.Edit("details.json", form =>
    {
        form["properties"]!["days"] = JsonNode.Parse("""{ "type": "integer", "title": "Days", "minimum": 1, "maximum": 31, "x-order": 15 }""");
        form["allOf"]!.AsArray().Add(JsonNode.Parse(branch));
    });

    private static Dictionary<string, Action<PackageCopy>> Changes { get; } = new()
    {
        ["constructor-socket"] = copy => copy.Write("constructor-socket", ""),
        ["constructor-file"] = copy => copy.Write("constructor-file", ""),
        ["constructor-listens"] = copy => copy.Write("constructor-listens", ""),
        ["constructor-file-once"] = copy => copy.Write("constructor-file-once", ""),
        ["damaged-assembly"] = copy => copy.Truncate(Code),
        ["other-assembly"] = copy => copy.EditManifest(manifest => manifest["assembly"] = "another.dll"),
        ["newer-contract"] = copy => copy.SetContractMajor(Code, 9),
        ["lint"] = copy => copy.Edit("details.json", form => form["properties"]!["fault"]!.AsObject().Remove("title")),
        ["dead-branch"] = copy => copy.Edit("details.json", form => form["allOf"]![0]!["if"]!["properties"]!["kind"]!["const"] = "three"),
        // Each condition alone can hold; but the shop is only asked for where the kind is "one".
        ["contradictory-branch"] = copy => copy.Edit("details.json", form => form["allOf"]!.AsArray().Add(JsonNode.Parse(
            """{ "if": { "required": ["kind", "shop"], "properties": { "kind": { "const": "all" } } }, "then": { "required": ["shop"] } }"""))),
        // Each limit alone can hold.
        ["crossed-limits"] = copy => AddDays(copy, """
            { "if": { "required": ["days"], "properties": { "days": { "minimum": 20 } } }, "then": { "allOf": [
              { "if": { "required": ["days"], "properties": { "days": { "maximum": 10 } } }, "then": { "required": ["days"] } }] } }
            """),
        // The condition can hold, but the field takes no such value.
        ["beyond-maximum"] = copy => AddDays(copy, """{ "if": { "required": ["days"], "properties": { "days": { "minimum": 50 } } }, "then": { "required": ["days"] } }"""),
        ["unknown-menu"] = copy => copy.Edit("details.json", form => form["allOf"]![0]!["then"]!["properties"]!["shop"]!["x-options"]!["source"] = "stores"),
        ["untrimmed-menu"] = copy => copy.Edit("details.json", form => form["properties"]!["kind"]!["oneOf"]!.AsArray().Add(JsonNode.Parse("""{ "const": "two ", "title": "Two" }"""))),
        ["invalid-example"] = copy => copy.Edit("samples/samples.json", samples => samples["details"]![0]!["details"]!["kind"] = "none"),
        ["missing-reply"] = copy => copy.Write("samples/sales.json", "[]"),
        ["secret-in-samples"] = copy => copy.Write("samples/token.json",
            """[{ "request": { "method": "POST", "path": "token" }, "reply": { "body": { "access_token": "an-old-secret-of-somebody" } } }]"""),
    };
}
