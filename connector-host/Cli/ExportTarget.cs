using System.CommandLine;
using ConnectorPlatform.Host.DataSets.Storage;

namespace ConnectorPlatform.Host.Cli;

/// <summary>Where <c>--out</c> writes rows, and in which format.</summary>
/// <param name="Path">Null for standard output.</param>
internal sealed record ExportTarget(string? Path, ExportFormat Format)
{
    public static Option<string?> Option() => new("--out")
    {
        Description = "Write the rows to a file: .csv, .parquet, .jsonl or .xlsx (by its name), or - for CSV on standard output.",
    };

    /// <exception cref="PlatformException">The name tells no format.</exception>
    public static ExportTarget? Parse(string? text) => text switch
    {
        null => null,
        "-" => new ExportTarget(null, ExportFormat.Csv),
        _ => new ExportTarget(System.IO.Path.GetFullPath(text), System.IO.Path.GetExtension(text).ToUpperInvariant() switch
        {
            ".CSV" => ExportFormat.Csv,
            ".PARQUET" => ExportFormat.Parquet,
            ".JSONL" or ".NDJSON" => ExportFormat.JsonLines,
            ".XLSX" => ExportFormat.Excel,
            _ => throw new PlatformException(PlatformFault.Input, $"The name {text} tells no format: it must end in .csv, .parquet, .jsonl or .xlsx, or be -."),
        }),
    };

    public void Write(DataSetReader reader, Output output)
    {
        if (Path is not null)
        {
            reader.Export(Path, Format);
            return;
        }

        var file = System.IO.Path.GetTempFileName();
        try
        {
            reader.Export(file, Format);
            foreach (var line in File.ReadLines(file))
            {
                output.Line(line);
            }
        }
        finally
        {
            File.Delete(file);
        }
    }
}
