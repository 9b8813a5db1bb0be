using System.Text.Json;

namespace ConnectorPlatform.Host.Runs;

/// <summary>A run's log: one JSON object a line (<c>at</c>, <c>level</c>, <c>message</c>), secrets masked, capped. Never throws.</summary>
internal sealed class RunLog : IDisposable
{
    private const int MostLines = 10_000;
    private const int LongestMessage = 4_000;

    private readonly Func<string, string> _mask;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly string? _path;
    private StreamWriter? _writer;
    private bool _isClosed;
    private int _lines;

    /// <param name="path">The file, made with the first line; null for a log that nobody keeps.</param>
    /// <param name="mask">Takes the secrets out of a text.</param>
    /// <param name="time">The clock of the lines.</param>
    public RunLog(string? path, Func<string, string> mask, TimeProvider time)
    {
        _path = path;
        _mask = mask;
        _time = time;
    }

    public void Info(string message) => Write("info", message);

    /// <returns>The message as it was written, without secrets.</returns>
    public string Warn(string message) => Write("warn", message);

    public void Error(string message) => Write("error", message);

    public void Dispose()
    {
        lock (_lock)
        {
            _isClosed = true;
            _writer?.Dispose();
        }
    }

    private string Write(string level, string message)
    {
        var text = _mask(message.Length > LongestMessage ? message[..LongestMessage] + "…" : message);
        lock (_lock)
        {
            if (_path is null || _isClosed || ++_lines > MostLines)
            {
                return text;
            }

            try
            {
                _writer ??= new StreamWriter(new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.Read));
                var last = _lines == MostLines ? " (the log is full; later lines are left out)" : "";
                _writer.WriteLine(JsonSerializer.Serialize(new { at = _time.GetUtcNow(), level, message = text + last }));
                _writer.Flush();
            }
            catch (IOException)
            {
                // A full disk must not end a run for the sake of its log; the commit will tell.
                _isClosed = true;
            }
        }

        return text;
    }
}
