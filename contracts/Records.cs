using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace ConnectorPlatform;

/// <summary>The type of a column's values. In brackets: the CLR type that <see cref="RecordBatch.CopyColumn{TValue}"/> copies.</summary>
[SuppressMessage("Naming", "CA1720", Justification = "The types of columns are called just so in every database.")]
public enum ColumnType
{
    /// <summary>Unicode text of any length; empty text is not null. [<c>string?</c>]</summary>
    String,

    /// <summary>64-bit signed integer. [<c>long?</c>]</summary>
    Integer,

    /// <summary>IEEE 754 double. [<c>double?</c>]</summary>
    Double,

    /// <summary>Exact decimal number, up to 28 significant digits. [<c>decimal?</c>]</summary>
    Decimal,

    /// <summary>True or false. [<c>bool?</c>]</summary>
    Boolean,

    /// <summary>Calendar date without time or zone. [<c>DateOnly?</c>]</summary>
    Date,

    /// <summary>Instant in UTC, stored to the microsecond. [<c>DateTime?</c> of kind UTC]</summary>
    DateTime,

    /// <summary>A JSON document as text. [<c>string?</c>]</summary>
    Json,
}

/// <summary>A column of a DataSet as a connector declares it.</summary>
/// <param name="Name">Unique in the batch whatever its case; at most 200 characters; not <c>_run_id</c> or <c>_loaded_at</c>, which the host adds.</param>
/// <param name="Type">The type of every value of the column.</param>
public sealed record Column(string Name, ColumnType Type)
{
    /// <summary>Whether the column is part of the record's key, by which Upsert recognises a record.</summary>
    public bool IsKey { get; init; }

    /// <summary>What the values mean, with their unit; shown to the analyst. Null when the name says it all.</summary>
    public string? Description { get; init; }
}

/// <summary>
/// One page of records, held by column. Connectors get theirs from <see cref="ConnectorContext.Batch{T}"/> or
/// <see cref="ConnectorContext.BatchOfRows"/> and never need to look inside.
/// </summary>
/// <param name="columns">The columns in order, see <see cref="Columns"/>.</param>
/// <param name="checkpoint">See <see cref="Checkpoint"/>.</param>
public abstract class RecordBatch(IReadOnlyList<Column> columns, JsonElement? checkpoint)
{
    /// <summary>The columns in order. Batches of one run may differ: a column that is missing in a batch is null in its records.</summary>
    public IReadOnlyList<Column> Columns { get; } = columns;

    /// <summary>The number of records, zero or more.</summary>
    public abstract int Count { get; }

    /// <summary>
    /// Where reading may resume, in the connector's own JSON: it holds once this batch and all before it are stored.
    /// Null when a run cannot resume here.
    /// </summary>
    public JsonElement? Checkpoint { get; } = checkpoint;

    /// <summary>Copies the values of one column, null for absent ones.</summary>
    /// <typeparam name="TValue">The CLR type that <see cref="ColumnType"/> names for the column.</typeparam>
    /// <param name="ordinal">The column's position in <see cref="Columns"/>, from 0.</param>
    /// <param name="destination">Receives <see cref="Count"/> values; at least as long.</param>
    /// <exception cref="InvalidCastException"><typeparamref name="TValue"/> is not the column's CLR type.</exception>
    public abstract void CopyColumn<TValue>(int ordinal, Span<TValue> destination);
}
