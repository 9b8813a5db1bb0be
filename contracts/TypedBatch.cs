using System.Text.Json;

namespace ConnectorPlatform;

/// <summary>A batch over records of one type; values are read out by column, without boxing, when the store asks.</summary>
internal sealed class TypedBatch<TRecord>(IReadOnlyList<TRecord> records, JsonElement? checkpoint)
    : RecordBatch(ColumnRules.Check(Shape.Columns), checkpoint)
{
    public override int Count => records.Count;

    public override void CopyColumn<TValue>(int ordinal, Span<TValue> destination)
    {
        if (Shape.Readers[ordinal] is not PropertyReader<TRecord, TValue> reader)
        {
            throw new InvalidCastException($"Column \"{Columns[ordinal].Name}\" holds no {typeof(TValue)}.");
        }

        reader.Copy(records, destination);
    }

    private static class Shape
    {
        internal static readonly PropertyReader<TRecord>[] Readers = PropertyReader<TRecord>.ForRecord();

        // Checked by the constructor: what a static initialiser throws arrives wrapped.
        internal static readonly IReadOnlyList<Column> Columns = [.. Readers.Select(reader => reader.Column)];
    }
}
