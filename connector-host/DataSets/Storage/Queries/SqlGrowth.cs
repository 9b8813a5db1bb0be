using System.Text.Json;

namespace ConnectorPlatform.Host.DataSets.Storage.Queries;

/// <summary>
/// How much longer a query can make the texts of the rows. The database computes a function for two thousand rows at once, counts no memory of their texts
/// and looks for an interruption only before and after: what grows tenfold, and that tenfold again, would fill the machine before anybody could stop it.
/// </summary>
internal sealed class SqlGrowth
{
    /// <summary>Three of the usual escapes, such as a sign for a word of six letters, and some more.</summary>
    private const int Most = 1_000;

    /// <summary>However wide the rows: a first name, a last name and what stands between them.</summary>
    private const int Least = 4;

    private const long MostBytesAtOnce = 256L << 20;
    private const int RowsAtOnce = 2_048;

    /// <summary>In a query that calls itself, each round grows what the round before it has made: what doubles can still be stopped.</summary>
    private const int MostInRecursion = 2;

    // Nobody knows what a column holds.
    private const int OfUnknown = 100;

    private static readonly HashSet<string> Joining = new(StringComparer.OrdinalIgnoreCase)
    {
        "||", "concat", "array_cat", "array_concat", "list_cat", "list_concat", "list_pack", "list_value", "array_value", "list_zip", "array_zip",
        "row", "struct_pack", "struct_concat", "struct_insert", "struct_update", "map", "map_concat", "json_array", "json_object", "json_merge_patch",
        "list_append", "array_append", "array_push_back", "list_prepend", "array_prepend", "array_push_front",
    };

    // The text that a select list has given a name, for those after it.
    private Dictionary<string, double> _named = new(StringComparer.OrdinalIgnoreCase);
    private double _ofQueries = 1;
    private bool _isInRecursion;
    private bool _growsInRecursion;

    /// <param name="rowBytes">What a row takes, roughly.</param>
    public static int MostFor(long rowBytes) => (int)Math.Clamp(MostBytesAtOnce / RowsAtOnce / Math.Max(rowBytes, 1), Least, Most);

    /// <summary>Whether a query stays within a growth, whichever of its parts works on another's result.</summary>
    /// <param name="tree">The database's tree of the query.</param>
    /// <param name="most">How many times as long a text may become.</param>
    public static bool IsWithin(JsonElement tree, int most)
    {
        var growth = new SqlGrowth();
        growth.Visit(tree);
        return growth._ofQueries <= most && !growth._growsInRecursion;
    }

    /// <returns>How many times as long as the longest text of the query's source the value of a part can be; 0 for a constant.</returns>
    private double Visit(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => GreatestOfItems(element),
        JsonValueKind.Object => (Text(element, "class"), Text(element, "type")) switch
        {
            ("CONSTANT", _) => 0,
            ("COLUMN_REF", _) => _named.GetValueOrDefault(element.GetProperty("column_names").EnumerateArray().LastOrDefault().GetString() ?? "", 1),
            ("FUNCTION", _) => VisitCall(element),
            ("OPERATOR", "ARRAY_CONSTRUCTOR") => element.GetProperty("children").EnumerateArray().Sum(Visit),
            (null, "SELECT_NODE") => VisitQuery(element),
            (null, "RECURSIVE_CTE_NODE") => VisitRecursion(element),
            _ => GreatestOfMembers(element),
        },
        _ => 0,
    };

    private double VisitCall(JsonElement call)
    {
        var function = Text(call, "function_name") ?? "";
        var beside = GreatestOfMembers(call, except: "children");
        var (sum, greatest) = (0.0, 0.0);
        foreach (var argument in call.GetProperty("children").EnumerateArray())
        {
            var own = Visit(argument);
            (sum, greatest) = (sum + own, Math.Max(greatest, own));
        }

        return Math.Max(beside, (Joining.Contains(function) ? sum : greatest) * FactorOf(call, function));
    }

    private double VisitQuery(JsonElement query)
    {
        var outer = _named;
        _named = new Dictionary<string, double>(StringComparer.OrdinalIgnoreCase);
        var greatest = 1.0;
        foreach (var value in query.GetProperty("select_list").EnumerateArray())
        {
            var own = Visit(value);
            greatest = Math.Max(greatest, own);
            if (Text(value, "alias") is { Length: > 0 } alias)
            {
                _named[alias] = own;
            }
        }

        greatest = Math.Max(greatest, GreatestOfMembers(query, except: "select_list"));
        _named = outer;
        _ofQueries *= greatest;
        _growsInRecursion |= _isInRecursion && greatest > MostInRecursion;
        return 1;
    }

    private double VisitRecursion(JsonElement query)
    {
        var was = _isInRecursion;
        _isInRecursion = true;
        GreatestOfMembers(query);
        _isInRecursion = was;
        return 1;
    }

    // Loops: a deep query needs the stack for itself.
    private double GreatestOfItems(JsonElement array)
    {
        var greatest = 0.0;
        foreach (var item in array.EnumerateArray())
        {
            greatest = Math.Max(greatest, Visit(item));
        }

        return greatest;
    }

    private double GreatestOfMembers(JsonElement parts, string? except = null)
    {
        var greatest = 0.0;
        foreach (var member in parts.EnumerateObject())
        {
            greatest = Math.Max(greatest, except is not null && member.NameEquals(except) ? 0 : Visit(member.Value));
        }

        return greatest;
    }

    private static double FactorOf(JsonElement call, string function) => function.ToUpperInvariant() switch
    {
        "REPLACE" => Math.Max(1, LengthOf(call, 2, OfUnknown) / Math.Max(1, LengthOf(call, 1, 1))),

        // A pattern can match between any two characters, and its replacement can name the match.
        "REGEXP_REPLACE" => LengthOf(call, 2, OfUnknown) + 1,

        // Something is put between all elements, or made of each of them.
        "ARRAY_TO_STRING" or "LIST_STRING_AGG" => LengthOf(call, 1, OfUnknown) + 1,
        "CONCAT_WS" => call.GetProperty("children").GetArrayLength(),
        "LIST_TRANSFORM" or "LIST_APPLY" or "ARRAY_TRANSFORM" or "ARRAY_APPLY" or "APPLY" => OfUnknown,
        "BIN" or "TO_BINARY" => 8,
        "URL_ENCODE" => 3,
        "HEX" or "TO_HEX" or "TO_BASE64" or "BASE64" or "TO_JSON" or "JSON_QUOTE" or "REGEXP_ESCAPE" => 2,
        _ => 1,
    };

    private static double LengthOf(JsonElement call, int argument, int unknown)
    {
        var arguments = call.GetProperty("children");
        return arguments.GetArrayLength() > argument
            && arguments[argument].TryGetProperty("value", out var constant) && constant.ValueKind == JsonValueKind.Object
            && constant.TryGetProperty("value", out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!.Length
            : unknown;
    }

    private static string? Text(JsonElement element, string member) =>
        element.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
