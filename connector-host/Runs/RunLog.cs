using System.Text.Json;

namespace ConnectorPlatform.Host.Runs;

/// <summary>A run's log: one JSON object a line (<c>at</c>, <c>level</c>, <c>message</c>), secrets masked, capped but for errors. Never throws.</summary>
/// <param name="path">The file, made with the first line; null for a log that nobody keeps.</param>
/// <param name="time">The clock of the lines.</param>
internal sealed class RunLog(string? path, TimeProvider time) : IDisposable
{
    private const int MostLines = 10_000;
    private const int LongestMessage = 4_000;

    private readonly Lock _lock = new();
    private StreamWriter? _writer;
    private bool _isClosed;
    private int _lines;

    /// <summary>Takes the secrets out of a text.</summary>
    public Func<string, string> Mask { get; set; } = text => text;

    /// <summary>What the clock of the lines says.</summary>
    public DateTimeOffset Now => time.GetUtcNow();

    public void Info(string message) => Write("info", message);

    /// <returns>The message as it was written, without secrets.</returns>
    public string Warn(string message) => Write("warn", message);

    public void Error(string message) => Write("error", message);

    public void Dispose()
    {
        lock (_lock)
        {
            _isClosed = true;
            try
            {
                _writer?.Dispose();
            }
            catch (IOException)
            {
                // What a full disk did not take was lost when it was written.
            }
        }
    }

    private string Write(string level, string message)
    {
        // Masked before it is cut: half a secret would not be recognised.
        var text = Mask(message);
        text = text.Shortened(LongestMessage);
        lock (_lock)
        {
            if (path is null || _isClosed || (++_lines > MostLines && level != "error"))
            {
                return text;
            }

            try
            {
                _writer ??= new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read));
                var last = _lines == MostLines ? " (the log is full; later lines are left out)" : "";
                _writer.WriteLine(JsonSerializer.Serialize(new { at = time.GetUtcNow(), level, message = text + last }));
                _writer.Flush();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // A full disk, or a folder that may not be written, must not end a run for the sake of its log; of the disk the commit will tell.
                _isClosed = true;
            }
        }

        return text;
    }
}
