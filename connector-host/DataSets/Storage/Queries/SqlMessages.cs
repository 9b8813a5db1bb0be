using System.Globalization;
using System.Numerics;
using ConnectorPlatform.Host.DataSets.Queries;

namespace ConnectorPlatform.Host.DataSets.Storage.Queries;

/// <summary>What a process is asked that answers one query.</summary>
internal sealed record SqlRequest
{
    /// <summary>The only folder that it may use.</summary>
    public required string Folder { get; init; }

    public required string Sql { get; init; }

    /// <summary>The most rows of an answer that is shown.</summary>
    public required int MostRows { get; init; }

    /// <summary>What the answer is to be written as; null when it is shown.</summary>
    public ExportFormat? Export { get; init; }

    public required int MemoryMegabytes { get; init; }

    /// <summary>A copy of the DataSet's file.</summary>
    public string Copy => Path.Combine(Folder, "rows.duckdb");

    /// <summary>The file that an answer is written to.</summary>
    public string Answer => Path.Combine(Folder, "answer");
}

/// <summary>What it answers: rows, nothing when they are in the file, or why there is no answer.</summary>
internal sealed record SqlReply
{
    public IReadOnlyList<StoredColumn> Columns { get; init; } = [];

    /// <summary>The values as text.</summary>
    public IReadOnlyList<string?[]> Rows { get; init; } = [];

    public bool IsCut { get; init; }

    public TimeSpan Took { get; init; }

    public PlatformFault Fault { get; init; }

    /// <summary>Why there is no answer; null when there is one.</summary>
    public string? Refusal { get; init; }

    public static SqlReply Of(SqlAnswer answer) => new() { Columns = answer.Columns, Rows = [.. answer.Rows.Select(row => row.Select(Text).ToArray())], IsCut = answer.IsCut, Took = answer.Took };

    public SqlAnswer ToAnswer() => new(Columns, [.. Rows.Select(row => row.Zip(Columns, (text, column) => Value(text, column.Type)).ToArray())], IsCut, Took);

    private static string? Text(object? value) => value switch
    {
        null => null,
        DateTime or DateOnly => ((IFormattable)value).ToString("O", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    private static object? Value(string? text, ColumnType type) => text is null ? null : type switch
    {
        ColumnType.Integer => long.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : (object)BigInteger.Parse(text, CultureInfo.InvariantCulture),
        ColumnType.Double => double.Parse(text, CultureInfo.InvariantCulture),
        ColumnType.Decimal => decimal.Parse(text, CultureInfo.InvariantCulture),
        ColumnType.Boolean => bool.Parse(text),
        ColumnType.Date => DateOnly.ParseExact(text, "O", CultureInfo.InvariantCulture),
        ColumnType.DateTime => DateTime.ParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind),
        _ => text,
    };
}
