namespace ConnectorPlatform.Host.DataSets.Storage;

/// <summary>Holds one column of a batch on its way into the table, and knows how DuckDB lays its values out.</summary>
internal abstract class ColumnBuffer
{
    /// <summary>The most digits after the point among the loaded values; 0 for other types than Decimal.</summary>
    public int Scale { get; protected set; }

    /// <summary>Bytes of the loaded values, roughly.</summary>
    public long Bytes { get; private protected set; }

    public abstract void Load(RecordBatch batch, int ordinal);

    /// <summary>Writes loaded values into the beginning of a vector.</summary>
    /// <param name="vector">A vector of the column's type whose scale is at least the loaded one.</param>
    /// <param name="start">The first value to write.</param>
    /// <param name="count">How many to write.</param>
    public abstract void Write(ColumnVector vector, int start, int count);

    public static ColumnBuffer For(ColumnType type) => type switch
    {
        ColumnType.String or ColumnType.Json => new OfText(),
        ColumnType.Integer => new Of<long, long>(value => value),
        ColumnType.Double => new Of<double, double>(value => value),
        ColumnType.Decimal => new OfDecimal(),
        ColumnType.Boolean => new Of<bool, bool>(value => value),
        ColumnType.Date => new Of<DateOnly, int>(StoredValues.DaysSinceEpoch),
        ColumnType.DateTime => new Of<DateTime, long>(StoredValues.MicrosecondsSinceEpoch),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    /// <summary>A column with the same text in every row.</summary>
    public static ColumnBuffer Constant(string text) => new OfOne((vector, count) => vector.SetAllTexts(text, count));

    /// <summary>A column with the same instant in every row.</summary>
    public static ColumnBuffer Constant(DateTime instant) =>
        new OfOne((vector, count) => vector.Values<long>(count).Fill(StoredValues.MicrosecondsSinceEpoch(instant)));

    private delegate void Fill(ColumnVector vector, int count);

    private sealed class OfOne(Fill fill) : ColumnBuffer
    {
        public override void Load(RecordBatch batch, int ordinal)
        {
        }

        public override void Write(ColumnVector vector, int start, int count) => fill(vector, count);
    }

    /// <summary>The values as the batch gives them.</summary>
    private abstract class Loaded<TValue> : ColumnBuffer
    {
        protected TValue[] Values { get; private set; } = [];

        public override void Load(RecordBatch batch, int ordinal)
        {
            if (Values.Length < batch.Count)
            {
                Values = new TValue[batch.Count];
            }

            batch.CopyColumn(ordinal, Values.AsSpan());
            Bytes = (long)batch.Count * sizeof(long);
        }
    }

    private sealed class Of<TValue, TStored>(Func<TValue, TStored> store) : Loaded<TValue?>
        where TValue : struct
        where TStored : unmanaged
    {
        public override void Write(ColumnVector vector, int start, int count)
        {
            var stored = vector.Values<TStored>(count);
            var values = Values.AsSpan(start, count);
            for (var i = 0; i < values.Length; i++)
            {
                if (values[i] is { } value)
                {
                    stored[i] = store(value);
                }
                else
                {
                    vector.SetNull(i);
                }
            }
        }
    }

    private sealed class OfText : Loaded<string?>
    {
        public override void Load(RecordBatch batch, int ordinal)
        {
            base.Load(batch, ordinal);
            foreach (var text in Values.AsSpan(0, batch.Count))
            {
                Bytes += text?.Length ?? 0;
            }
        }

        public override void Write(ColumnVector vector, int start, int count)
        {
            var values = Values.AsSpan(start, count);
            for (var i = 0; i < values.Length; i++)
            {
                if (values[i] is { } text)
                {
                    vector.SetText(i, text);
                }
                else
                {
                    vector.SetNull(i);
                }
            }
        }
    }

    private sealed class OfDecimal : Loaded<decimal?>
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

        public override void Write(ColumnVector vector, int start, int count)
        {
            var stored = vector.Values<Int128>(count);
            var values = Values.AsSpan(start, count);
            for (var i = 0; i < values.Length; i++)
            {
                if (values[i] is { } value)
                {
                    stored[i] = StoredValues.Unscaled(value, vector.Scale);
                }
                else
                {
                    vector.SetNull(i);
                }
            }
        }
    }
}
