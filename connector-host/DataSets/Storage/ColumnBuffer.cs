using DuckDB.NET.Data;

namespace ConnectorPlatform.Host.DataSets.Storage;

/// <summary>Holds one column of a batch between the batch, which gives columns, and the appender, which takes rows.</summary>
internal abstract class ColumnBuffer
{
    /// <summary>The most digits after the point among the loaded values; 0 for other types than Decimal.</summary>
    public int Scale { get; protected set; }

    public abstract void Load(RecordBatch batch, int ordinal);

    public abstract void Append(IDuckDBAppenderRow row, int index);

    public static ColumnBuffer For(ColumnType type) => type switch
    {
        ColumnType.String or ColumnType.Json => new Of<string?>((row, value) => row.AppendValue(value)),
        ColumnType.Integer => new Of<long?>((row, value) => row.AppendValue(value)),
        ColumnType.Double => new Of<double?>((row, value) => row.AppendValue(value)),
        ColumnType.Decimal => new OfDecimal(),
        ColumnType.Boolean => new Of<bool?>((row, value) => row.AppendValue(value)),
        ColumnType.Date => new Of<DateOnly?>((row, value) => row.AppendValue((DuckDB.NET.Native.DuckDBDateOnly?)value)),
        ColumnType.DateTime => new Of<DateTime?>((row, value) => row.AppendValue(value)),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    private class Of<TValue>(Func<IDuckDBAppenderRow, TValue, IDuckDBAppenderRow> append) : ColumnBuffer
    {
        protected TValue[] Values { get; private set; } = [];

        public override void Load(RecordBatch batch, int ordinal)
        {
            if (Values.Length < batch.Count)
            {
                Values = new TValue[batch.Count];
            }

            batch.CopyColumn(ordinal, Values.AsSpan());
        }

        public override void Append(IDuckDBAppenderRow row, int index) => append(row, Values[index]);
    }

    private sealed class OfDecimal() : Of<decimal?>((row, value) => row.AppendValue(value))
    {
        public override void Load(RecordBatch batch, int ordinal)
        {
            base.Load(batch, ordinal);
            Scale = 0;
            foreach (var value in Values.AsSpan(0, batch.Count))
            {
                Scale = Math.Max(Scale, value?.Scale ?? 0);
            }
        }
    }
}
