using DuckDB.NET.Data;

namespace ConnectorPlatform.Host.DataSets.Storage.Queries;

/// <summary>Values as the database gives them to readers.</summary>
internal static class RowValues
{
    /// <exception cref="PlatformException">A value is beyond what the platform can hold.</exception>
    public static object?[] Read(DuckDBDataReader reader, int columns)
    {
        var row = new object?[columns];
        for (var i = 0; i < columns; i++)
        {
            row[i] = Value(reader, i);
        }

        return row;
    }

    private static object? Value(DuckDBDataReader reader, int ordinal)
    {
        try
        {
            // Instants are stored in UTC, and a connection's zone is UTC.
            return reader.IsDBNull(ordinal) ? null : reader.GetValue(ordinal) switch
            {
                DateTime instant => DateTime.SpecifyKind(instant, DateTimeKind.Utc),
                DateTimeOffset instant => instant.UtcDateTime,
                var value => value,
            };
        }
        catch (Exception exception) when (exception is InvalidOperationException or OverflowException or ArgumentOutOfRangeException or InvalidCastException)
        {
            throw new PlatformException(
                PlatformFault.Input, $"A value in the column \"{reader.GetName(ordinal)}\" is a date outside the years 1 to 9999 or a number of more than 28 digits: cast it to VARCHAR.", exception);
        }
    }
}
