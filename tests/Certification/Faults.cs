using System.Text.Json.Nodes;
using ConnectorPlatform.Tests.Connectors;

namespace ConnectorPlatform.Tests.Certification;

/// <summary>One fault of the otherwise good connector <c>faulty</c>.</summary>
/// <param name="Name">Stands in <c>fault.txt</c>; a name that begins with <c>file-</c> changes nothing in the code.</param>
/// <param name="Check">The check that must fail.</param>
/// <param name="Alter">Changes the files of the package's copy, whose folder it gets.</param>
internal sealed record Fault(string Name, string Check, Action<string>? Alter = null)
{
    public bool IsInCode => Alter is null;
}

/// <summary>What the certification of a connector has to find.</summary>
internal static class Faults
{
    private const string Manifest = "connector.json";
    private const string Form = "details.json";
    private const string Orders = "samples/orders.json";

    public static IReadOnlyList<Fault> All { get; } = [.. OfContract(), .. OfRecords(), .. OfSources(), .. OfPackages(), .. OfForms(), .. OfSamples()];

    /// <summary>A copy of the built package, with the fault, in a folder that does not exist yet.</summary>
    public static PackageCopy Copy(Fault? fault, string target)
    {
        var copy = new PackageCopy("faulty", target);
        if (fault is not null)
        {
            copy.Write("fault.txt", fault.Name);
            fault.Alter?.Invoke(copy.Folder);
        }

        return copy;
    }

    private static IEnumerable<Fault> OfContract() =>
    [
        new("constructor-socket", "constructor-io"),
        new("constructor-file", "constructor-io"),
        new("constructor-throws", "loads"),
        new("cancel-endless", "cancellation"),
        new("cancel-blocks", "cancellation"),
        new("static-token", "accounts-apart"),
        new("static-rows", "accounts-apart"),
    ];

    private static IEnumerable<Fault> OfRecords() =>
    [
        new("null-to-empty", "values-exact"),
        new("empty-to-null", "values-exact"),
        new("big-double", "values-exact"),
        new("amount-double", "values-exact"),
        new("emoji-split", "values-exact"),
        new("emoji-ascii", "values-exact"),
        new("day-shifted", "values-exact"),
        new("offset-lost", "values-exact"),
        new("paid-null-false", "values-exact"),
        new("last-page-dropped", "samples-run"),
        new("last-row-dropped", "samples-run"),
        new("resume-doubles", "resume"),
        new("resume-skips", "resume"),
        new("key-null", "keys"),
        new("key-duplicate", "keys"),
        new("column-type", "columns-stable"),
        new("column-missing", "columns-stable"),
    ];

    private static IEnumerable<Fault> OfSources() =>
    [
        new("swallows-5xx", "http-5xx"),
        new("swallows-html", "http-html"),
        new("swallows-429", "http-429"),
        new("retries-429", "http-429"),
        new("swallows-cut", "http-cut"),
        new("swallows-401-kind", "http-401"),
        new("follows-loop", "http-loop"),
        new("follows-redirect", "http-redirect"),
        new("token-logged", "secrets"),
        new("token-logged-base64", "secrets"),
        new("token-in-record", "secrets"),
        new("token-in-address", "secrets"),
        new("token-in-error", "secrets"),
        new("keeps-batches", "memory"),
    ];

    private static IEnumerable<Fault> OfPackages() =>
    [
        new("file-assembly-missing", "package", folder => File.Delete(Path.Combine(folder, "faulty.dll"))),
        new("file-unknown-key", "package", folder => Edit(folder, Manifest, manifest => manifest["colour"] = "blue")),
        new("file-newer-contract", "package", folder => Edit(folder, Manifest, manifest => manifest["contract"] = "9.0")),
    ];

    private static IEnumerable<Fault> OfForms() =>
    [
        new("file-unknown-annotation", "forms-lint", folder => Edit(folder, Form, form => Kind(form)["x-colour"] = "blue")),
        new("file-missing-title", "forms-lint", folder => Edit(folder, Form, form => Kind(form).AsObject().Remove("title"))),
        new("file-refused-default", "forms-lint", folder => Edit(folder, Form, form => Kind(form)["default"] = "none")),
        new("file-unreachable-branch", "forms-branches", folder => Edit(folder, Form, form => form["allOf"]![0]!["if"]!["properties"]!["kind"]!["const"] = "until")),
    ];

    private static IEnumerable<Fault> OfSamples() =>
    [
        new("file-samples-missing", "package", folder => Directory.Delete(Path.Combine(folder, "samples"), recursive: true)),
        new("file-page-missing", "samples-run", folder => Edit(folder, Orders, exchanges => exchanges.AsArray().RemoveAt(1))),
        new("file-secret-in-samples", "secrets", folder => Edit(
            folder, Orders, exchanges => exchanges[0]!["reply"]!["body"]!["orders"]![0]!["note"] = "signed in with sample-token")),
    ];

    private static JsonNode Kind(JsonNode form) => form["properties"]!["kind"]!;

    private static void Edit(string folder, string file, Action<JsonNode> edit)
    {
        var path = Path.Combine(folder, file);
        var document = JsonNode.Parse(File.ReadAllText(path))!;
        edit(document);
        File.WriteAllText(path, document.ToJsonString());
    }
}
