using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace ConnectorPlatform.Host.Http;

/// <summary>Reads the files of a <c>samples/</c> folder and tells all their problems at once.</summary>
internal static partial class SampleFiles
{
    public const string IndexFile = "samples.json";

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    public static T ReadIndex<T>(string folder)
    {
        var problems = new List<string>();
        var index = Read<T>(Path.Combine(folder, IndexFile), problems);
        ThrowIfAny(problems);
        return index!;
    }

    /// <summary>The exchanges by <see cref="SampleRequest.Key"/>.</summary>
    public static ILookup<string, SampleExchange> ReadExchanges(string folder)
    {
        var problems = new List<string>();
        var files = Directory.GetFiles(folder, "*.json").Where(file => Path.GetFileName(file) != IndexFile).Order(StringComparer.Ordinal);
        var exchanges = files.SelectMany(file => ReadList(file, problems)).ToLookup(exchange => exchange.Request.Key, StringComparer.Ordinal);
        problems.AddRange(exchanges.SelectMany(Ambiguities));
        ThrowIfAny(problems);
        return exchanges;
    }

    private static List<SampleExchange> ReadList(string file, List<string> problems)
    {
        var exchanges = (Read<IReadOnlyList<SampleExchange>>(file, problems) ?? [])
            .Select((exchange, position) => exchange with { Place = $"{Name(file)}#/{position}" })
            .ToList();
        problems.AddRange(exchanges.SelectMany(Flaws));
        return exchanges;
    }

    private static IEnumerable<string> Flaws(SampleExchange exchange)
    {
        if (exchange.Request.Path.StartsWith('/') || exchange.Request.Path.Contains('?', StringComparison.Ordinal))
        {
            yield return $"{exchange.Place}/request/path: the path is relative to the base address, without a leading slash and without a query.";
        }

        foreach (var (name, _) in exchange.Request.Query.Where(entry => entry.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array))
        {
            yield return $"{exchange.Place}/request/query/{name}: a query's value is a text, a number, true, false, or null for absent.";
        }

        if (exchange.Reply.Status is < 200 or > 599)
        {
            yield return $"{exchange.Place}/reply/status: a status is a number from 200 to 599.";
        }
    }

    private static IEnumerable<string> Ambiguities(IEnumerable<SampleExchange> exchanges)
    {
        var earlier = new List<SampleExchange>();
        foreach (var exchange in exchanges)
        {
            var twin = earlier.Find(other => other.Request.IsAmbiguousWith(exchange.Request));
            if (twin is not null)
            {
                yield return $"{exchange.Place}: some request fits this exchange and {twin.Place} equally well; give one of them more query entries.";
            }

            earlier.Add(exchange);
        }
    }

    private static T? Read<T>(string file, List<string> problems)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllBytes(file), Options) ?? throw new JsonException("The file holds null.");
        }
        catch (JsonException exception)
        {
            problems.Add($"{Name(file)}#{Pointer(exception.Path)}: {exception.Message}");
            return default;
        }
    }

    private static void ThrowIfAny(List<string> problems)
    {
        if (problems.Count > 0)
        {
            throw new ConnectorException(FailureKind.Connector, $"The connector's sample data cannot be used:\n{string.Join('\n', problems)}");
        }
    }

    private static string Name(string file) => $"samples/{Path.GetFileName(file)}";

    private static string Pointer(string? path) => PathStep().Replace(path ?? "", "/$1$2").TrimStart('$');

    /// <summary>A step of the reader's own notation, <c>[3]</c> or <c>.request</c>.</summary>
    [GeneratedRegex(@"\[(\d+)\]|\.([^.\[]+)")]
    private static partial Regex PathStep();
}
