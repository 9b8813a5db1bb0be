using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace ConnectorPlatform.Host.DataSets.Storage.Queries;

/// <summary>
/// Asks a query in a process of its own. One of a hundred characters can make the database compute for days without looking whether it should end (<c>LIKE</c> with some <c>%</c>,
/// subqueries in each other), or take memory that it does not count: no list of what may be asked ends that. Whatever a query does ends with its process.
/// </summary>
internal static class SqlProcess
{
    public const string TooMuchMemory = "The query needs more memory than it may have; let it look at fewer rows or columns.";

    // The processor is for the host and its runs first.
    private const int Nice = 5;

    /// <exception cref="PlatformException">The query may not run, or cannot be answered.</exception>
    /// <exception cref="OperationCanceledException">It was to end, and has ended.</exception>
    public static async Task<SqlReply> AskAsync(SqlRequest request, CancellationToken cancellationToken)
    {
        using var process = Start(request);
        await using (cancellationToken.Register(process.Kill).ConfigureAwait(false))
        {
            var reply = await ExchangeAsync(process, request).ConfigureAwait(false);
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            return reply switch
            {
                null => throw new PlatformException(PlatformFault.Input, string.Create(
                    CultureInfo.InvariantCulture, $"The query broke off (exit code {process.ExitCode}), most likely for want of memory; let it look at fewer rows or columns, or nest less.")),
                { Refusal: { } refusal } => throw new PlatformException(reply.Fault, refusal),
                _ => reply,
            };
        }
    }

    private static Process Start(SqlRequest request)
    {
        try
        {
            var start = ChildProgram.StartOf(ChildProgram.Executable, SqlProgram.Verb, request.MemoryMegabytes);
            start.WorkingDirectory = request.Folder;
            var process = Process.Start(start)!;
            ChildLimits.Apply(process.Id, request.MemoryMegabytes, Nice);

            // What a process says that breaks off would fill the pipe.
            process.BeginErrorReadLine();
            return process;
        }
        catch (Win32Exception exception)
        {
            throw new PlatformException(PlatformFault.Storage, $"The process that answers queries, {ChildProgram.Executable}, cannot be started: {exception.Message}", exception);
        }
    }

    /// <returns>Null when the process ended without a reply.</returns>
    private static async Task<SqlReply?> ExchangeAsync(Process process, SqlRequest request)
    {
        try
        {
            await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(request)).ConfigureAwait(false);
            await process.StandardInput.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            return await JsonSerializer.DeserializeAsync<SqlReply>(process.StandardOutput.BaseStream).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            return null;
        }
    }
}
