using DuckDB.NET.Native;

namespace ConnectorPlatform.Host.DataSets.Storage;

/// <summary>What the database says of a file that it cannot use, in plain words.</summary>
internal static class DatabaseErrors
{
    public static PlatformException Explain(string file, Exception exception, DuckDBErrorType errorType)
    {
        var text = exception.Message;
        var (fault, message) =
            text.Contains("lock on file", StringComparison.OrdinalIgnoreCase)
                ? (PlatformFault.Busy, $"Another process has the DataSet's file {file} open: {FirstLine(text)}")
            : IsDiskFull(text)
                ? (PlatformFault.Storage, $"The disk that holds {file} is full. Nothing was changed; free some space and run again.")
            : IsFileTooLarge(text)
                ? (PlatformFault.Storage, $"The file {file} may not become larger: the disk or a limit of the user forbids it. Nothing was changed; raise the limit and run again.")
            : IsOutOfMemory(errorType, text)
                ? (PlatformFault.Storage, $"The rows of {file} are too wide for the memory that there is ({FirstLine(text)}). Nothing was changed; raise the setting DataSets:MemoryMegabytes.")
            : IsReadOnly(text)
                ? (PlatformFault.Storage, $"The DataSet's file {file} may not be written ({FirstLine(text)}). Nothing was changed; let the user that the host runs as write the file and its folder, and run again.")
            : IsDamaged(text)
                ? (PlatformFault.Storage, $"The DataSet's file {file} is damaged ({FirstLine(text)}). It is left as it is: restore it, with the file {Path.GetFileName(file)}.wal if there is one, from a backup of the data folder, or delete the DataSet and create it again.")
            : errorType == DuckDBErrorType.Transaction
                ? (PlatformFault.Busy, $"Another run changed the DataSet's file {file} at the same time: {FirstLine(text)}")
            : (PlatformFault.Storage, $"The DataSet's file {file}: {FirstLine(text)}");
        return new PlatformException(fault, message, exception);
    }

    /// <summary>A file that somebody removed.</summary>
    public static PlatformException Gone(string file) => new(
        PlatformFault.Storage, $"The DataSet's file {file} is gone, with the rows in it. Restore it from a backup of the data folder, or delete the DataSet and create it again.");

    /// <summary>A file in whose place somebody put another while it was open.</summary>
    public static PlatformException Replaced(string file) => new(
        PlatformFault.Storage, $"The DataSet's file {file} was replaced by another while the host had it open: what was read goes into neither. Run again; to restore a backup, stop the host first.");

    /// <summary>A log that somebody removed, of which not everything is in the tables.</summary>
    public static PlatformException LogGone(string file, Exception exception) => new(
        PlatformFault.Storage, $"The file {file}.wal is gone, and what was committed last was only there: {exception.Message}", exception);

    // The last is what the database says of rows that neither memory nor the disk has room for.
    public static bool IsDiskFull(string text) =>
        text.Contains("No space left", StringComparison.OrdinalIgnoreCase) || text.Contains("disk full", StringComparison.OrdinalIgnoreCase)
        || text.Contains("max_temp_directory_size", StringComparison.OrdinalIgnoreCase);

    public static bool IsFileTooLarge(string text) => text.Contains("File too large", StringComparison.OrdinalIgnoreCase);

    // A commit says only in its text why it failed.
    public static bool IsOutOfMemory(DuckDBErrorType errorType, string text) =>
        errorType == DuckDBErrorType.OutOfMemory
        || text.Contains("failed to pin", StringComparison.OrdinalIgnoreCase)
        || text.Contains("could not allocate block", StringComparison.OrdinalIgnoreCase)
        || text.Contains("allocation failure", StringComparison.OrdinalIgnoreCase);

    private static bool IsReadOnly(string text) =>
        text.Contains("Permission denied", StringComparison.OrdinalIgnoreCase) || text.Contains("Read-only file system", StringComparison.OrdinalIgnoreCase);

    // A file that is no database, has blocks that do not fit their checksums, or ends too early.
    private static bool IsDamaged(string text) =>
        text.Contains("Corrupt database file", StringComparison.OrdinalIgnoreCase)
        || text.Contains("not a valid DuckDB database file", StringComparison.OrdinalIgnoreCase)
        || text.Contains("could not read enough bytes", StringComparison.OrdinalIgnoreCase);

    private static string FirstLine(string text) => text.Split('\n', 2)[0].Trim();
}
