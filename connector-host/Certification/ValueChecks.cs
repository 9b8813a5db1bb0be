using System.Text.Json;
using System.Text.Json.Nodes;
using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Certification;

/// <summary>
/// Changes one value of the recorded replies at a time and looks whether the change arrives. Only values that the calm reading delivers
/// unchanged are changed: ids of pages and the like are none of them.
/// </summary>
internal static class ValueChecks
{
    private const string Letters = "\U0001F44B Ünï ‮ \0x 漢字";

    /// <summary>A day on which clocks change in Europe, one on which they do in America, a leap day, and the last day before 1970.</summary>
    private static readonly string[] Days = ["2026-03-29", "2026-11-01", "2028-02-29", "1969-12-31"];

    // Of a list, those may be tried first which the rows leave out.
    private const int MostTried = 10;

    private const string LargeInteger = "9007199254740993";

    private const string LongDecimal = "12345678901234567.891";

    public static Task JudgeAsync(Subject subject, CancellationToken cancellationToken) => subject.ForEachAsync(async (example, source) =>
    {
        var bodies = new List<string>();
        source.Alter = body =>
        {
            bodies.Add(body);
            return body;
        };
        var calm = await subject.ReadAsync(example, source, cancellationToken).ConfigureAwait(false);
        var types = Delivered(calm).ToLookup(cell => cell.Value, cell => cell.Type);
        foreach (var values in bodies.SelectMany(Leaves).ToLookup(leaf => leaf.Pattern).ToList())
        {
            foreach (var value in values.Where(value => types.Contains(value.Text)).Take(MostTried))
            {
                if (await IsDeliveredAsync(subject, example, source, value, [.. types[value.Text].Distinct()], calm, cancellationToken).ConfigureAwait(false))
                {
                    break;
                }
            }
        }
    }, cancellationToken);

    /// <summary>Judges a value by every change to it; false when no change makes a difference, as the rows do not show it.</summary>
    private static async Task<bool> IsDeliveredAsync(
        Subject subject, SampleExample example, SampleSource source, Leaf value, ColumnType[] types, Reading calm, CancellationToken cancellationToken)
    {
        var isDelivered = false;
        foreach (var change in types.SelectMany(type => ChangesOf(value, type)).Distinct())
        {
            var reading = await ReadAsync(subject, example, source, value, change, cancellationToken).ConfigureAwait(false);
            if (reading.Failure is { } failure)
            {
                JudgeFailure(example, value, change, failure);
            }
            else if (!reading.Rows.SequenceEqual(calm.Rows))
            {
                isDelivered = true;
                JudgeRows(example, value, change, calm, reading);
            }
        }

        return isDelivered;
    }

    private static void JudgeRows(SampleExample example, Leaf value, Change change, Reading calm, Reading reading)
    {
        var before = Delivered(calm).CountBy(cell => (cell.Column, cell.Value)).ToDictionary();
        var arrived = Delivered(reading).CountBy(cell => (cell.Column, cell.Value)).Where(cell => cell.Value > before.GetValueOrDefault(cell.Key)).ToList();
        if (!arrived.Exists(cell => cell.Key.Value == change.Expected))
        {
            throw new CheckFailedException(
                $"The example \"{example.Name}\": where the source sends {Shown(change.Json)} at {value.Path}, the rows have {string.Join(", ", arrived.Select(cell => $"{Shown(cell.Key.Value)} in {cell.Key.Column}").Take(3))}. Hand values on as they come: long for integers, decimal for amounts, null for null.");
        }
    }

    private static async Task<Reading> ReadAsync(
        Subject subject, SampleExample example, SampleSource source, Leaf leaf, Change change, CancellationToken cancellationToken)
    {
        source.Forget();
        var isFirst = true;
        source.Alter = body =>
        {
            if (isFirst && Replaced(body, leaf, change.Json) is { } altered)
            {
                isFirst = false;
                return altered;
            }

            return body;
        };
        return await subject.ReadAsync(example, source, cancellationToken).ConfigureAwait(false);
    }

    private static void JudgeFailure(SampleExample example, Leaf leaf, Change change, Exception failure)
    {
        var kind = FailureTable.Of(failure, SecretMask.None).Kind;
        if (kind == FailureKind.Connector && failure is not ConnectorException)
        {
            throw new CheckFailedException(
                $"The example \"{example.Name}\": where the source sends {Shown(change.Json)} at {leaf.Pattern}, the connector fails with {failure.GetType().Name}: {failure.Message}. Take it as it is, or say in a ConnectorException what is wrong with it.",
                failure);
        }
    }

    private static IEnumerable<Change> ChangesOf(Leaf leaf, ColumnType type) => (leaf.Kind, type) switch
    {
        (JsonValueKind.String, ColumnType.String) =>
        [
            new(JsonSerializer.Serialize(Letters), Letters),
            new("\"\"", ""),
            new("null", null),
        ],
        (JsonValueKind.String, ColumnType.Date) => Days.Select(day => new Change($"\"{day}\"", day)),
        (JsonValueKind.Number, ColumnType.Integer) => [new(LargeInteger, LargeInteger), new("null", null)],
        (JsonValueKind.Number, ColumnType.Decimal) => [new(LongDecimal, LongDecimal), new("null", null)],
        (JsonValueKind.True or JsonValueKind.False, ColumnType.Boolean) => [new("null", null)],
        _ => [],
    };

    private static List<(string Column, ColumnType Type, string? Value)> Delivered(Reading reading) => [.. reading.Batches
        .SelectMany(batch => batch.Rows.SelectMany(row => batch.Columns.Zip(row, (column, value) => (column.Name, column.Type, value))))];

    private static IEnumerable<Leaf> Leaves(string body)
    {
        try
        {
            return [.. Leaves(JsonElement.Parse(body), "", "")];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private static IEnumerable<Leaf> Leaves(JsonElement element, string path, string pattern) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => Leaves(member.Value, $"{path}/{member.Name}", $"{pattern}/{member.Name}")),
        JsonValueKind.Array => element.EnumerateArray().SelectMany((entry, index) => Leaves(entry, $"{path}/{index}", $"{pattern}/*")),
        JsonValueKind.String => [new(path, pattern, element.GetString(), JsonValueKind.String)],
        JsonValueKind.True or JsonValueKind.False => [new(path, pattern, element.GetBoolean().ToString(), element.ValueKind)],
        JsonValueKind.Number => [new(path, pattern, element.GetRawText(), JsonValueKind.Number)],
        _ => [],
    };

    private static string? Replaced(string body, Leaf leaf, string json)
    {
        JsonNode? root;
        try
        {
            root = JsonNode.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }

        JsonNode? parent = root;
        var steps = leaf.Path.Split('/').Skip(1).ToArray();
        foreach (var step in steps.SkipLast(1))
        {
            parent = Step(parent, step);
        }

        switch (parent)
        {
            case JsonObject members when members.ContainsKey(steps[^1]):
                members[steps[^1]] = JsonNode.Parse(json);
                return root!.ToJsonString();
            case JsonArray entries when int.TryParse(steps[^1], out var index) && index < entries.Count:
                entries[index] = JsonNode.Parse(json);
                return root!.ToJsonString();
            default:
                return null;
        }
    }

    private static JsonNode? Step(JsonNode? parent, string step) => parent switch
    {
        JsonObject members => members[step],
        JsonArray entries => int.TryParse(step, out var index) && index < entries.Count ? entries[index] : null,
        _ => null,
    };

    private static string Shown(string? text) => text is null ? "null" : text.Length == 0 ? "an empty text" : text;

    private sealed record Leaf(string Path, string Pattern, string? Text, JsonValueKind Kind);

    private sealed record Change(string Json, string? Expected);
}
