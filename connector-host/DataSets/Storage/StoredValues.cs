namespace ConnectorPlatform.Host.DataSets.Storage;

/// <summary>Values as DuckDB lays them out in memory.</summary>
internal static class StoredValues
{
    private static readonly int EpochDay = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    private static readonly UInt128[] PowersOfTen = MakePowersOfTen();

    public static int DaysSinceEpoch(DateOnly date) => date.DayNumber - EpochDay;

    /// <summary>Finer parts are cut off.</summary>
    public static long MicrosecondsSinceEpoch(DateTime instant) =>
        (instant.Ticks / TimeSpan.TicksPerMicrosecond) - (DateTime.UnixEpoch.Ticks / TimeSpan.TicksPerMicrosecond);

    /// <summary>The number without its point.</summary>
    /// <param name="value">The number.</param>
    /// <param name="scale">The digits after the point in the column, no fewer than the number has.</param>
    /// <exception cref="ConnectorException">It has too many digits before the point for the column.</exception>
    public static Int128 Unscaled(decimal value, int scale)
    {
        Span<int> parts = stackalloc int[4];
        decimal.GetBits(value, parts);
        var magnitude = new UInt128((uint)parts[2], ((ulong)(uint)parts[1] << 32) | (uint)parts[0]);
        var missing = scale - value.Scale;
        if (missing > 0)
        {
            // A decimal's own 96 bits always fit; only the shift of the point can go beyond the column's digits.
            if (magnitude >= PowersOfTen[SqlTypes.DecimalDigits - missing])
            {
                throw new ConnectorException(
                    FailureKind.Connector,
                    $"A Decimal column has values with more than {SqlTypes.DecimalDigits} digits before and after the point together. The connector should deliver such a column as String.");
            }

            magnitude *= PowersOfTen[missing];
        }

        return value < 0 ? -(Int128)magnitude : (Int128)magnitude;
    }

    private static UInt128[] MakePowersOfTen()
    {
        var powers = new UInt128[SqlTypes.DecimalDigits + 1];
        powers[0] = 1;
        for (var i = 1; i < powers.Length; i++)
        {
            powers[i] = powers[i - 1] * 10;
        }

        return powers;
    }
}
