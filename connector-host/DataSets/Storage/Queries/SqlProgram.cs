using System.Globalization;
using System.Text.Json;
using ConnectorPlatform.Host.DataSets.Queries;
using DuckDB.NET.Data;
using Microsoft.Win32.SafeHandles;

namespace ConnectorPlatform.Host.DataSets.Storage.Queries;

/// <summary>The role of a process that answers one query: <c>connector-host query</c>, started by <see cref="SqlProcess"/> and by nobody else.</summary>
internal static class SqlProgram
{
    public const string Verb = "query";

    private const int StandardOutput = 1;

    // The answer gets a part of what is free, and so do the temporaries.
    private const int DiskShare = 4;

    /// <summary>Answers and ends the process. What goes wrong beyond the database's own errors ends it too, and the host tells the user.</summary>
    public static void Run()
    {
        // A stream of the console asks for memory when it is first written to, and the query may have taken all.
        using var output = new FileStream(new SafeFileHandle(StandardOutput, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        using var input = new StreamReader(Console.OpenStandardInput());
        var request = JsonSerializer.Deserialize<SqlRequest>(input.ReadLine()!)!;

        // The host closes the pipe when it ends, however it does.
        new Thread(() => Environment.Exit(input.Read())) { IsBackground = true }.Start();
        JsonSerializer.Serialize(output, Reply(request));
        Environment.Exit(0);
    }

    private static SqlReply Reply(SqlRequest request)
    {
        try
        {
            return Answer(request);
        }
        catch (PlatformException exception)
        {
            return new SqlReply { Fault = exception.Fault, Refusal = exception.Message };
        }
        catch (Exception exception) when (exception is DuckDBException or IOException && (DatabaseErrors.IsDiskFull(exception.Message) || DatabaseErrors.IsFileTooLarge(exception.Message)))
        {
            return new SqlReply { Fault = PlatformFault.Storage, Refusal = "The query needs more of the disk than it may have, a quarter of what is free; let it look at fewer rows or columns." };
        }
        catch (Exception exception) when (exception is OutOfMemoryException || (exception is DuckDBException database && DatabaseErrors.IsOutOfMemory(database.ErrorType, database.Message)))
        {
            return new SqlReply { Fault = PlatformFault.Input, Refusal = SqlProcess.TooMuchMemory };
        }
        catch (DuckDBException exception)
        {
            return new SqlReply { Fault = PlatformFault.Input, Refusal = SqlQuery.Explained(exception, isInText: false).Message };
        }
    }

    private static SqlReply Answer(SqlRequest request)
    {
        // Runs need the disk too: an endless answer, or one that is sorted, must not fill it.
        var share = new DriveInfo(request.Folder).AvailableFreeSpace / DiskShare;
        ChildLimits.LimitFiles(share);

        // Half of the memory is for what the database counts: of that it puts on the disk what goes beyond.
        var file = DataSetFile.Open(request.Copy, request.MemoryMegabytes / 2);
        var connection = file.Connect();
        connection.Run(string.Create(CultureInfo.InvariantCulture, $"SET max_temp_directory_size = '{share}B'"));
        GuardedReading.Seal(connection, request.Folder);
        ChildLimits.LimitGrowth(request.MemoryMegabytes);

        var began = TimeProvider.System.GetTimestamp();
        var query = SqlQuery.Prepare(connection, request.Sql);
        if (request.Export is { } format)
        {
            RowExport.Of(query).Write(connection, request.Answer, format);
            return new SqlReply();
        }

        var (rows, isCut) = query.Read(connection, request.MostRows);
        return SqlReply.Of(new SqlAnswer(query.Columns, rows, isCut, TimeProvider.System.GetElapsedTime(began)));
    }
}
