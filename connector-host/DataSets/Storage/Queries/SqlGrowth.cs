using System.Text.Json;

namespace ConnectorPlatform.Host.DataSets.Storage.Queries;

/// <summary>
/// How much longer a query can make a text by replacing in it. The database computes a function for two thousand rows at once, counts no memory of their texts
/// and looks for an interruption only before and after: what grows tenfold, and that tenfold again, would fill the machine before anybody could stop it.
/// </summary>
internal sealed class SqlGrowth
{
    /// <summary>Three of the usual escapes, such as a sign for a word of six letters, and some more.</summary>
    public const int Most = 1_000;

    /// <summary>In a query that calls itself, each round grows what the round before it has made: what doubles can still be stopped.</summary>
    private const int MostInRecursion = 2;

    // Nobody knows what a column holds.
    private const int OfUnknown = 100;

    private double _factor = 1;

    /// <summary>Counts one call in.</summary>
    /// <param name="call">A function of the database's tree.</param>
    /// <param name="function">Its name.</param>
    /// <param name="isRecursive">Whether it stands in a query that calls itself.</param>
    /// <returns>False when the query with it could make texts too long.</returns>
    public bool Allows(JsonElement call, string function, bool isRecursive)
    {
        var own = FactorOf(call, function);
        _factor *= own;
        return _factor <= Most && !(isRecursive && own > MostInRecursion);
    }

    // Wherever the calls stand: one may work on the other's result by way of a subquery.
    private static double FactorOf(JsonElement call, string function) => function.ToUpperInvariant() switch
    {
        "REPLACE" => Math.Max(1, LengthOf(call, 2, OfUnknown) / Math.Max(1, LengthOf(call, 1, 1))),

        // A pattern can match between any two characters, and its replacement can name the match.
        "REGEXP_REPLACE" => LengthOf(call, 2, OfUnknown) + 1,
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
}
