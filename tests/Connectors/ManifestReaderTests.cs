using System.Text.Json;
using System.Text.Json.Nodes;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Tests.Support;
using Newtonsoft.Json.Linq;
using Newtonsoft.Json.Schema;

namespace ConnectorPlatform.Tests.Connectors;

public sealed class ManifestReaderTests
{
    private const string Whole = """
        {
          "$schema": "../../schemas/connector.schema.json",
          "id": "whole-1", "name": "Whole", "version": "1.2.3-rc.1+5", "contract": "1.0", "assembly": "Whole.dll",
          "category": "Cloud App", "description": "All members.", "documentation": "https://whole.example/docs", "icon": "art/icon.svg",
          "http": {
            "baseAddress": "https://api.whole.example:8443/v4/",
            "allowedHosts": ["api.whole.example", "files.whole.example"],
            "authentication": { "type": "header", "header": "X-Key", "value": "{{ api_key }}" },
            "rateBudget": { "requests": 100, "perSeconds": 60 },
            "maxConcurrency": 2, "maxReplyBytes": 1000,
            "retry": { "also": [{ "status": 409, "bodyContains": "busy" }], "never": [{ "status": 503 }] }
          },
          "backfill": { "details": { "from": "{start}", "/period/days": "{days} days" } }
        }
        """;

    /// <summary>Each line: where, what stands there instead (nothing: the member is absent), and whether the manifest is then still good.</summary>
    private static readonly (string Pointer, string? Value, bool IsGood)[] Changes =
    [
        ("/name", null, false),
        ("/id", "\"Whole\"", false),
        ("/id", "7", false),
        ("/version", "\"1.2\"", false),
        ("/version", "\"01.2.0\"", false),
        ("/contract", "\"1\"", false),
        ("/contract", "1.0", false),
        ("/assembly", "\"sub/Whole.dll\"", false),
        ("/assembly", null, true),
        ("/category", "\" \"", false),
        ("/documentation", "\"http://whole.example\"", false),
        ("/icon", "\"../icon.svg\"", false),
        ("/icon", "\"/icon.svg\"", false),
        ("/icon", "\"icon.png\"", false),
        ("/titel", "\"Whole\"", false),
        ("/http", null, false),
        ("/http", "[]", false),
        ("/http/baseAddress", "\"https://api.whole.example/v4\"", false),
        ("/http/baseAddress", "\"ftp://api.whole.example/\"", false),
        ("/http/baseAddress", "\"https://api.whole.example/?a=b/\"", false),
        ("/http/allowedHosts", "[]", true),
        ("/http/allowedHosts/1", "\"https://files.whole.example\"", false),
        ("/http/allowedHosts/1", "\"files.whole.example:443\"", false),
        ("/http/authentication", null, false),
        ("/http/authentication/type", "\"basic\"", false),
        ("/http/authentication/header", null, false),
        ("/http/authentication/header", "\"X Key\"", false),
        ("/http/authentication", """{ "type": "bearer" }""", true),
        ("/http/authentication/extra", "true", false),
        ("/http/baseAdress", "1", false),
        ("/http/rateBudget/perSeconds", null, false),
        ("/http/rateBudget/perMinute", "1", false),
        ("/http/rateBudget/requests", "0", false),
        ("/http/maxConcurrency", "2.5", false),
        ("/http/maxReplyBytes", "\"1000\"", false),
        ("/http/retry/also/0/status", "99", false),
        ("/http/retry/never/0/bodyContain", "\"x\"", false),
        ("/http/retry/also", "{}", false),
        ("/http/retry/only", "[]", false),
        ("/backfill", null, true),
        ("/backfill", "[]", false),
        ("/backfill/details", null, false),
        ("/backfill/details/from", "7", false),
        ("/backfill/details/from", "\"{begin}\"", false),
        ("/backfill/details/from", "\"{start\"", false),
        ("/backfill/details/from", "\"{start}T00:00/{until}\"", true),
        ("/backfill/detail", "{}", false),
    ];

    [Fact]
    public void A_whole_manifest_is_read_member_by_member()
    {
        var manifest = Read(JsonNode.Parse(Whole)!, out var problems)!;

        Assert.Empty(problems);
        Assert.Equal(("whole-1", "Whole", "1.2.3-rc.1+5", "1.0", "Whole.dll"), (manifest.Id, manifest.Name, manifest.Version, manifest.Contract, manifest.Assembly));
        Assert.Equal(("Cloud App", "All members.", "art/icon.svg"), (manifest.Category, manifest.Description, manifest.Icon));
        Assert.Equal(new Uri("https://whole.example/docs"), manifest.Documentation);
        Assert.Equal(new Uri("https://api.whole.example:8443/v4/"), manifest.Http.BaseAddress);
        Assert.Equal(["api.whole.example", "files.whole.example"], manifest.Http.AllowedHosts);
        Assert.Equal(new("header", "X-Key", "{{ api_key }}"), manifest.Http.Authentication);
        Assert.Equal((100, 60, 2, 1000L), (manifest.Http.RateBudget!.Requests, manifest.Http.RateBudget.PerSeconds, manifest.Http.MaxConcurrency, manifest.Http.MaxReplyBytes));
        Assert.Equal([new(409, "busy")], manifest.Http.Retry.Also);
        Assert.Equal([new(503)], manifest.Http.Retry.Never);
        Assert.Equal([new("from", "{start}"), new("/period/days", "{days} days")], manifest.Backfill);
    }

    [Fact]
    public void The_schema_for_editors_and_the_host_agree()
    {
        var schema = JSchema.Parse(File.ReadAllText(Repository.PathOf("schemas", "connector.schema.json")));
        var disagreements = new List<string>();
        foreach (var (pointer, value, isGood) in Changes.Prepend(("", null, true)))
        {
            var manifest = Changed(pointer, value);
            var bySchema = JToken.Parse(manifest.ToJsonString()).IsValid(schema);
            var byHost = Read(manifest, out var problems) is not null;
            if (bySchema != isGood || byHost != isGood || (!isGood && !problems.Exists(problem => problem.Pointer.StartsWith(pointer, StringComparison.Ordinal))))
            {
                disagreements.Add($"{pointer} = {value}: expected {isGood}, schema {bySchema}, host {byHost} {string.Join(" ", problems)}");
            }
        }

        Assert.Empty(disagreements);
    }

    [Fact]
    public void The_schema_is_in_the_host()
    {
        using var stream = typeof(ManifestReader).Assembly.GetManifestResourceStream("schemas/connector.schema.json");
        Assert.Equal(File.ReadAllText(Repository.PathOf("schemas", "connector.schema.json")), new StreamReader(stream!).ReadToEnd());
    }

    [Fact]
    public void Every_problem_is_told_at_once_with_pointer_and_remedy()
    {
        Assert.Null(Read(JsonNode.Parse("""{ "id": "A", "a/b~": 1, "http": { "authentication": { "type": "bearer", "value": "x" } } }""")!, out var problems));

        Assert.Equal(
            [
                "/category", "/contract", "/description", "/http/authentication/value", "/http/baseAddress",
                "/id", "/name", "/version", "/a~1b~0",
            ],
            problems.Select(problem => problem.Pointer).OrderBy(pointer => pointer == "/a~1b~0").ThenBy(pointer => pointer, StringComparer.Ordinal));
        Assert.Contains(new("connector.json", "/version", "Missing: a semantic version such as 1.0.0."), problems);
        Assert.Contains(new("connector.json", "/id", "Must be lower-case letters, digits and hyphens, at most 60."), problems);
    }

    [Fact]
    public void The_allowed_hosts_hold_the_base_addresss_own_host()
    {
        Assert.Null(Read(Changed("/http/allowedHosts", "[\"files.whole.example\"]"), out var problems));

        Assert.Equal("/http/allowedHosts", Assert.Single(problems).Pointer);
    }

    [Fact]
    public void A_document_that_is_no_object_is_refused()
    {
        Assert.Null(Read(JsonNode.Parse("[]")!, out var problems));

        Assert.Equal("Must be an object.", Assert.Single(problems).Message);
    }

    private static ConnectorManifest? Read(JsonNode manifest, out List<PackageProblem> problems)
    {
        problems = [];
        return ManifestReader.Read(JsonElement.Parse(manifest.ToJsonString()), problems);
    }

    private static JsonNode Changed(string pointer, string? value)
    {
        var manifest = JsonNode.Parse(Whole)!;
        var steps = pointer.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (steps.Length == 0)
        {
            return manifest;
        }

        var parent = steps[..^1].Aggregate(manifest, (node, step) => node is JsonArray list ? list[int.Parse(step)]! : node[step]!);
        if (parent is JsonArray array)
        {
            array[int.Parse(steps[^1])] = JsonNode.Parse(value!);
        }
        else if (value is null)
        {
            parent.AsObject().Remove(steps[^1]);
        }
        else
        {
            parent[steps[^1]] = JsonNode.Parse(value);
        }

        return manifest;
    }
}
