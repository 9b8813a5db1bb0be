using System.Text.Json;
using System.Text.RegularExpressions;

namespace ConnectorPlatform.Host.Connectors;

/// <summary>Reads the members of one JSON object; every problem is noted with its pointer, so that an author sees all of them at once.</summary>
internal sealed class ObjectReader(JsonElement element, string file, string pointer, ICollection<PackageProblem> problems)
{
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    /// <summary>A text that fits the pattern; null when it is absent or refused.</summary>
    public string? Text(string name, Regex pattern, string expected, bool required = true) =>
        Find(name, expected, required) is { } value ? TextOf(value, PointerTo(name), pattern, expected) : null;

    /// <summary>A whole number within the bounds; null when it is absent or refused.</summary>
    public long? Integer(string name, long least, long most, bool required = false)
    {
        var expected = $"a whole number from {least} to {most}";
        if (Find(name, expected, required) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= least && number <= most)
        {
            return number;
        }

        Refuse(PointerTo(name), expected);
        return null;
    }

    public ObjectReader? Object(string name, string expected, bool required = false) =>
        Find(name, expected, required) is { } value ? ObjectOf(value, PointerTo(name), expected) : null;

    /// <summary>The objects of a list, each read by <paramref name="read"/>; empty when the list is absent.</summary>
    public IReadOnlyList<T> Objects<T>(string name, string expected, Func<ObjectReader, T> read) =>
        [.. Items(name, $"a list of objects, each {expected}").Select(item => ObjectOf(item.Value, item.Pointer, expected)).OfType<ObjectReader>().Select(read)];

    /// <summary>The texts of a list; empty when the list is absent.</summary>
    public IReadOnlyList<string> Texts(string name, Regex pattern, string expected) =>
        [.. Items(name, $"a list of texts, each {expected}").Select(item => TextOf(item.Value, item.Pointer, pattern, expected)).OfType<string>()];

    /// <summary>The texts of all members, whatever their names; those that do not fit are refused and left out.</summary>
    public IReadOnlyDictionary<string, string> Members(Regex pattern, string expected) => element.EnumerateObject()
        .Select(member => (member.Name, Text: TextOf(member.Value, PointerTo(member.Name), pattern, expected)))
        .Where(member => member.Text is not null)
        .DistinctBy(member => member.Name)
        .ToDictionary(member => member.Name, member => member.Text!);

    public void Refuse(string at, string expected) => problems.Add(new(file, at, $"Must be {expected}."));

    /// <summary>Refuses every member that was not asked for: it is a typing error more often than not.</summary>
    public void RefuseOthers()
    {
        foreach (var member in element.EnumerateObject().Where(member => !_asked.Contains(member.Name)))
        {
            problems.Add(new(file, PointerTo(member.Name), $"Unknown member; known here are {string.Join(", ", _asked)}."));
        }
    }

    public string PointerTo(string name) =>
        $"{pointer}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";

    private JsonElement? Find(string name, string expected, bool required)
    {
        _asked.Add(name);
        if (element.TryGetProperty(name, out var value))
        {
            return value;
        }

        if (required)
        {
            problems.Add(new(file, PointerTo(name), $"Missing: {expected}."));
        }

        return null;
    }

    private List<(JsonElement Value, string Pointer)> Items(string name, string expected)
    {
        if (Find(name, expected, required: false) is not { } list)
        {
            return [];
        }

        if (list.ValueKind == JsonValueKind.Array)
        {
            return [.. list.EnumerateArray().Select((item, index) => (item, $"{PointerTo(name)}/{index}"))];
        }

        Refuse(PointerTo(name), expected);
        return [];
    }

    private ObjectReader? ObjectOf(JsonElement value, string at, string expected)
    {
        if (value.ValueKind == JsonValueKind.Object)
        {
            return new(value, file, at, problems);
        }

        Refuse(at, expected);
        return null;
    }

    private string? TextOf(JsonElement value, string at, Regex pattern, string expected)
    {
        if (value.ValueKind == JsonValueKind.String && value.GetString() is { } text && pattern.IsMatch(text))
        {
            return text;
        }

        Refuse(at, expected);
        return null;
    }
}
