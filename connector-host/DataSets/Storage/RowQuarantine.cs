using System.Globalization;
using System.Text.Json;
using DuckDB.NET.Data;

namespace ConnectorPlatform.Host.DataSets.Storage;

/// <summary>A record that could not be stored.</summary>
/// <param name="Number">Its number in the DataSet.</param>
/// <param name="RunId">The run that read it.</param>
/// <param name="ReadAt">When.</param>
/// <param name="Reason">Why it could not be stored, for people.</param>
/// <param name="Values">Its values as text, by column.</param>
internal sealed record QuarantinedRow(long Number, string RunId, DateTimeOffset ReadAt, string Reason, IReadOnlyList<KeyValuePair<string, string?>> Values);

/// <summary>Takes the records that cannot be stored out of those that arrive, and keeps them with the reason, inside the writer's transaction.</summary>
internal sealed class RowQuarantine(DuckDBConnection connection, WriterOptions options)
{
    private const int Examples = 3;
    private const int LongestText = 1000;

    /// <summary>What waits in the quarantine, oldest first.</summary>
    public static IReadOnlyList<QuarantinedRow> List(DuckDBConnection connection, int limit) => connection.Query(
        $"SELECT number, run_id, loaded_at, reason, columns, vals FROM platform.quarantine WHERE replayed_by IS NULL ORDER BY number LIMIT {limit.ToString(CultureInfo.InvariantCulture)}",
        reader => new QuarantinedRow(
            reader.GetInt64(0),
            reader.GetString(1),
            new DateTimeOffset(DateTime.SpecifyKind(reader.GetDateTime(2), DateTimeKind.Utc)),
            reader.GetString(3),
            [
                .. JsonSerializer.Deserialize<StoredColumn[]>(reader.GetString(4))!
                    .Zip(reader.GetFieldValue<List<string?>>(5), (column, value) => KeyValuePair.Create(column.Name, value?.Shortened(LongestText))),
            ]));

    public static long Count(DuckDBConnection connection) => (long)connection.Scalar("SELECT count(*) FROM platform.quarantine WHERE replayed_by IS NULL")!;

    /// <summary>Forgets the records of a run that is taken back or rejected; those that the run itself had replayed are in the quarantine again.</summary>
    public static void Forget(DuckDBConnection connection, string runId)
    {
        connection.Run("DELETE FROM platform.quarantine WHERE run_id = ?", runId);
        connection.Run("UPDATE platform.quarantine SET replayed_by = NULL WHERE replayed_by = ?", runId);
    }

    /// <summary>Forgets for ever what is in the quarantine.</summary>
    /// <returns>How many records.</returns>
    public static long Discard(DuckDBConnection connection) => connection.Run("DELETE FROM platform.quarantine WHERE replayed_by IS NULL");

    /// <summary>Moves what cannot be stored out of the arriving records, and gives the others the DataSet's types.</summary>
    /// <param name="arrival">The records.</param>
    /// <param name="before">The DataSet's columns.</param>
    /// <returns>The records that are left, and how many are not.</returns>
    /// <exception cref="ConnectorException">They are more than the DataSet allows.</exception>
    public (Arrival Arrival, long Rejected) Sift(Arrival arrival, IReadOnlyList<StoredColumn> before)
    {
        if (arrival.Columns.Count == 0)
        {
            return (arrival, 0);
        }

        var firm = FirmColumn.Of(arrival.Columns, before);
        var sieve = Sieve.Of(connection, arrival, firm, options);
        if (sieve is null)
        {
            return (arrival, 0);
        }

        StoredColumn[] columns = [.. arrival.Columns];
        var values = string.Join(", ", columns.Select(column => SqlTypes.Convert(SqlTypes.Quote(column.Name), column, SqlTypes.Text(column.Name))));
        var rejected = connection.Run(
            "INSERT INTO platform.quarantine (number, run_id, loaded_at, reason, columns, vals) "
            + $"SELECT (SELECT coalesce(max(number), 0) FROM platform.quarantine) + row_number() OVER (), _run_id, _loaded_at, {sieve.Reason}, ?, [{values}] FROM {arrival.Table} WHERE {sieve.Fails}",
            JsonSerializer.Serialize(columns));
        if (rejected > 0)
        {
            CheckLimit();
        }

        return rejected == 0 && firm.Count == 0
            ? (arrival, 0)
            : (Rebuild(arrival, firm, sieve), rejected);
    }

    // Built anew: the database lets no transaction delete rows and then change the columns.
    private Arrival Rebuild(Arrival arrival, IReadOnlyList<FirmColumn> firm, Sieve sieve)
    {
        var sifted = $"{arrival.Table}_sifted";
        var read = FirmColumn.Read(arrival.Columns, firm);
        var values = StoredColumn.OfHost.Select(column => SqlTypes.Quote(column.Name)).Concat(read.Select(column => column.Expression));
        connection.Run($"CREATE TABLE {sifted} AS SELECT {string.Join(", ", values)} FROM {arrival.Table} WHERE NOT {sieve.Fails}");
        connection.Run($"DROP TABLE {arrival.Table}");
        connection.Run($"ALTER TABLE {sifted} RENAME TO {arrival.Table}");
        return arrival with { Columns = [.. read.Select(column => column.Column)], Count = (long)connection.Scalar($"SELECT count(*) FROM {arrival.Table}")! };
    }

    private void CheckLimit()
    {
        var count = (long)connection.Scalar("SELECT count(*) FROM platform.quarantine WHERE run_id = ?", options.RunId)!;
        if (count > options.Rules.MostQuarantined)
        {
            var reasons = connection.Query(
                $"SELECT DISTINCT reason FROM platform.quarantine WHERE run_id = ? ORDER BY 1 LIMIT {Examples}", reader => reader.GetString(0), options.RunId);
            throw new ConnectorException(
                FailureKind.Details,
                $"{Counted.Of(count, "record")} of this run cannot be stored, and the DataSet lets {options.Rules.MostQuarantined} go to its quarantine. Such as: {string.Join("; ", reasons)}. "
                + "Let more go there, or let none, and the columns take the types that come.");
        }
    }
}

/// <summary>Tells the records that cannot be stored from the others.</summary>
/// <param name="Fails">The condition; never null.</param>
/// <param name="Reason">Why a record cannot be stored, as an expression.</param>
internal sealed record Sieve(string Fails, string Reason)
{
    /// <summary>Null when every record can be stored.</summary>
    public static Sieve? Of(DuckDBConnection connection, Arrival arrival, IReadOnlyList<FirmColumn> firm, WriterOptions options)
    {
        var tests = firm.Select(column => (column.Fails, column.Reason)).ToList();
        if (options.UpdateMethod == UpdateMethod.Upsert)
        {
            tests.AddRange(new KeyColumns(connection, arrival.Table, arrival.Columns, options.Rules).Names.Select(
                name => ($"{SqlTypes.Quote(name)} IS NULL", SqlTypes.Literal($"No value in the key column \"{name}\""))));
        }

        return tests.Count == 0 ? null : new Sieve(
            $"({string.Join(" OR ", tests.Select(test => test.Item1))})",
            $"concat_ws('; ', {string.Join(", ", tests.Select(test => $"CASE WHEN {test.Item1} THEN {test.Item2} END"))})");
    }
}
