using System.Globalization;
using System.Numerics;
using MiniExcelLibs;
using MiniExcelLibs.OpenXml;

namespace ConnectorPlatform.Host.DataSets.Storage.Queries;

/// <summary>A workbook with one sheet, written row by row. What a cell cannot hold as a number or a date stands in it as text.</summary>
internal static class ExcelFile
{
    private const int MostRows = 1_048_575;
    private const int MostColumns = 16_384;
    private const int LongestText = 32_767;

    // Excel keeps 15 digits of a number, and knows no day before this one.
    private const long LargestExact = 999_999_999_999_999;
    private static readonly DateTime FirstDay = new(1900, 3, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <exception cref="PlatformException">A sheet holds less.</exception>
    public static void CheckFits(long rows, int columns)
    {
        if (rows > MostRows || columns > MostColumns)
        {
            throw new PlatformException(PlatformFault.Input, string.Create(
                CultureInfo.InvariantCulture, $"An Excel sheet holds {MostRows:N0} rows and {MostColumns:N0} columns, and these are {rows:N0} and {columns:N0}: filter them, or choose CSV or Parquet."));
        }
    }

    public static void Write(string path, IReadOnlyList<string> names, IEnumerable<object?[]> rows)
    {
        var unique = Unique(names);
        using var file = new FileStream(path, FileMode.Create, FileAccess.ReadWrite);
        file.SaveAs(
            rows.Select(row => unique.Zip(row, (name, value) => KeyValuePair.Create(name, Cell(value))).ToDictionary()),
            sheetName: "rows",
            configuration: new OpenXmlConfiguration { TableStyles = TableStyles.None });
    }

    private static object? Cell(object? value) => value switch
    {
        long and (> LargestExact or < -LargestExact) => ValueText.Of(value),
        BigInteger number => BigInteger.Abs(number) > LargestExact ? number.ToString(CultureInfo.InvariantCulture) : (long)number,
        double number when !double.IsFinite(number) => ValueText.Of(number),
        DateOnly date => date.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc) is var day && day >= FirstDay ? day : ValueText.Of(date),
        DateTime instant when instant < FirstDay => ValueText.Of(instant),
        string text => text.Beginning(LongestText),
        _ => value,
    };

    private static string[] Unique(IReadOnlyList<string> names)
    {
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var unique = new string[names.Count];
        for (var i = 0; i < unique.Length; i++)
        {
            unique[i] = names[i];
            for (var number = 2; !taken.Add(unique[i]); number++)
            {
                unique[i] = $"{names[i]} ({number.ToString(CultureInfo.InvariantCulture)})";
            }
        }

        return unique;
    }
}
