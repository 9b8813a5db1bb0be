using System.Globalization;
using System.Text;
using System.Text.Json;
using DuckDB.NET.Data;

namespace ConnectorPlatform.Host.DataSets.Storage.Queries;

/// <summary>
/// Lets through one query that only reads the DataSet's rows. It looks at the tree that the database's own parser makes of the text, so that no trick of
/// quoting or comments means one thing here and another there, and knows what may be in it: whatever else there is, or will be, is refused.
/// </summary>
internal sealed class SqlCheck
{
    private const int LongestQuery = 20_000;

    public const string TooDeep = "The query is nested too deeply: a part lies in more than about a thousand others (parentheses, functions, subqueries, or operators in one row such as 1+1+1…). Nest less, or work in steps: WITH a AS (…), b AS (… FROM a) SELECT … FROM b.";

    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 2_000 };

    private static readonly HashSet<string> Expressions =
    [
        "CONSTANT", "COLUMN_REF", "COMPARISON", "CONJUNCTION", "FUNCTION", "CASE", "CAST", "OPERATOR", "BETWEEN", "SUBQUERY", "WINDOW", "STAR", "LAMBDA", "COLLATE", "POSITIONAL_REFERENCE",
    ];

    private static readonly HashSet<string> Parts =
    [
        "SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE", "SUBQUERY", "JOIN", "EMPTY", "EXPRESSION_LIST",
        "ORDER_MODIFIER", "LIMIT_MODIFIER", "LIMIT_PERCENT_MODIFIER", "DISTINCT_MODIFIER", "ORDER_DEFAULT", "ASCENDING", "DESCENDING",
    ];

    private readonly string _sql;

    private SqlCheck(string sql) => _sql = sql;

    /// <exception cref="PlatformException">It is longer than the database is asked to read.</exception>
    public static void CheckLength(string sql)
    {
        if (sql.Length > LongestQuery)
        {
            throw Refused($"The query has {sql.Length} characters, and may have {LongestQuery}.");
        }
    }

    /// <summary>Checks a query.</summary>
    /// <returns>The same query, written anew by the database from what was checked.</returns>
    /// <exception cref="PlatformException">It is none, or does more than reading the DataSet's rows; the message tells the place.</exception>
    public static string Check(DuckDBConnection connection, string sql)
    {
        var tree = (string)connection.Scalar("SELECT json_serialize_sql(CAST(? AS VARCHAR))", sql)!;
        try
        {
            using var document = JsonDocument.Parse(tree, Deep);
            new SqlCheck(sql).Check(document.RootElement);
        }
        catch (JsonException)
        {
            throw Refused(TooDeep);
        }

        return (string)connection.Scalar("SELECT json_deserialize_sql(CAST(? AS VARCHAR))", tree)!;
    }

    /// <summary>Whether the database says that a query is nested deeper than it can follow: while it reads it, or afterwards.</summary>
    public static bool IsTooDeep(string message) =>
        message.Contains("Max expression depth", StringComparison.Ordinal) || message.Contains("memory exhausted", StringComparison.Ordinal);

    /// <summary>Where something stands in the query, for people.</summary>
    /// <param name="sql">The query.</param>
    /// <param name="offset">In bytes, as the database counts.</param>
    public static string Place(string sql, long offset)
    {
        var bytes = Encoding.UTF8.GetBytes(sql);
        var before = Encoding.UTF8.GetString(bytes, 0, (int)Math.Clamp(offset, 0, bytes.Length));
        return string.Create(CultureInfo.InvariantCulture, $"line {before.Count(character => character == '\n') + 1}, column {before.Length - before.LastIndexOf('\n')}");
    }

    private void Check(JsonElement root)
    {
        if (root.GetProperty("error").GetBoolean())
        {
            var message = root.GetProperty("error_message").GetString()!;
            if (IsTooDeep(message))
            {
                throw Refused(TooDeep);
            }

            throw root.TryGetProperty("position", out var position) && long.TryParse(position.GetString(), CultureInfo.InvariantCulture, out var offset)
                ? Refused($"The query cannot be read: {message} ({Place(_sql, offset)}).")
                : Refused("Only a query that reads can run here: it begins with SELECT, FROM, WITH or VALUES.");
        }

        var statements = root.GetProperty("statements");
        switch (statements.GetArrayLength())
        {
            case 0:
                throw Refused($"There is no query; write one such as SELECT * FROM {DataSetFile.Rows}.");
            case 1:
                Walk(statements[0], []);
                break;
            default:
                throw Refused("One query at a time: there is a second one after the semicolon.");
        }
    }

    private void Walk(JsonElement element, HashSet<string> named)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
            {
                Walk(item, named);
            }
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            WalkObject(element, named);
        }
    }

    private void WalkObject(JsonElement element, HashSet<string> named)
    {
        CheckPart(element, named);
        if (element.TryGetProperty("cte_map", out var tables))
        {
            named = Name(tables, named);
        }

        // Of a table function the name has been checked with other rules than those of an expression.
        var isTableFunction = Text(element, "type") == "TABLE_FUNCTION";
        foreach (var member in element.EnumerateObject().Where(member => member.Name != "cte_map"))
        {
            Walk(isTableFunction && member.NameEquals("function") ? member.Value.GetProperty("children") : member.Value, named);
        }
    }

    /// <summary>The names that a query gives to queries of its own. Each is known to those after it, and to itself only where it is recursive: elsewhere it would mean a table or a file.</summary>
    private HashSet<string> Name(JsonElement tables, HashSet<string> outer)
    {
        var named = new HashSet<string>(outer, StringComparer.OrdinalIgnoreCase);
        foreach (var table in tables.GetProperty("map").EnumerateArray())
        {
            var name = table.GetProperty("key").GetString()!;
            var value = table.GetProperty("value");
            var isRecursive = Text(value.GetProperty("query").GetProperty("node"), "type") == "RECURSIVE_CTE_NODE";
            Walk(value, isRecursive ? [.. named, name] : [.. named]);
            named.Add(name);
        }

        return named;
    }

    private void CheckPart(JsonElement element, HashSet<string> named)
    {
        if (Text(element, "class") is { } expression)
        {
            CheckExpression(element, expression);
            return;
        }

        switch (Text(element, "type"))
        {
            case null:
                break;
            case "BASE_TABLE":
                CheckTable(element, named);
                break;
            case "TABLE_FUNCTION":
                CheckTableFunction(element);
                break;
            case "SHOW_REF":
                throw Refused("DESCRIBE, SHOW and SUMMARIZE cannot be used here; the columns stand in the table above.", element);
            case var part when !Parts.Contains(part) && !part.EndsWith("_TYPE_INFO", StringComparison.Ordinal):
                throw Refused($"{part} cannot be used here.", element);
        }
    }

    private void CheckExpression(JsonElement element, string expression)
    {
        if (expression == "PARAMETER")
        {
            throw Refused("A query has no parameters here: write the value itself.", element);
        }

        if (!Expressions.Contains(expression))
        {
            throw Refused($"{expression} cannot be used here.", element);
        }

        // A window without a name of its own (such as a count of rows) is of a kind that is a function of the list.
        if (expression is "FUNCTION" or "WINDOW" && Text(element, "function_name") is { Length: > 0 } function
            && (Text(element, "schema") is not (null or "" or "main") || Text(element, "catalog") is not (null or "" or "system") || !SqlFunctions.MayCall(function)))
        {
            throw Refused($"The function {function} cannot be used here.", element);
        }
    }

    private void CheckTable(JsonElement element, HashSet<string> named)
    {
        var name = Text(element, "table_name") ?? "";
        var (schema, catalog) = (Text(element, "schema_name") ?? "", Text(element, "catalog_name") ?? "");
        if (element.TryGetProperty("at_clause", out var at) && at.ValueKind != JsonValueKind.Null)
        {
            throw Refused("The rows are read as they are now; AT cannot be used here.", element);
        }

        var isRows = name.Equals(DataSetFile.Rows, StringComparison.OrdinalIgnoreCase)
            && (schema is "" || schema.Equals("main", StringComparison.OrdinalIgnoreCase)) && (catalog is "" || catalog.Equals(DataSetFile.Catalog, StringComparison.OrdinalIgnoreCase));
        if (!isRows && !(schema.Length == 0 && catalog.Length == 0 && named.Contains(name)))
        {
            throw Refused($"There is no table \"{name}\" here; the DataSet's rows are in the table {DataSetFile.Rows}.", element);
        }
    }

    private void CheckTableFunction(JsonElement element)
    {
        var function = element.GetProperty("function");
        var name = Text(function, "function_name") ?? "";
        if (Text(function, "class") != "FUNCTION" || Text(function, "schema") is not (null or "" or "main") || Text(function, "catalog") is not (null or "" or "system") || !SqlFunctions.MayReadFrom(name))
        {
            throw Refused($"Reading from {name}(…) cannot be done here; the DataSet's rows are in the table {DataSetFile.Rows}.", element);
        }
    }

    private PlatformException Refused(string message, JsonElement element) =>
        element.TryGetProperty("query_location", out var location) && location.TryGetInt64(out var offset) && offset < _sql.Length * 4L
            ? Refused($"{message.TrimEnd('.')} ({Place(_sql, offset)}).")
            : Refused(message);

    private static PlatformException Refused(string message) => new(PlatformFault.Input, message);

    private static string? Text(JsonElement element, string member) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
