using System.Text;

namespace ConnectorPlatform.Host.Connectors.Workers;

/// <summary>Keeps the end of a worker's standard error, where its last words stand. Reads for ever, so that the worker never blocks on it.</summary>
internal sealed class ErrorTail
{
    private const int Kept = 16 * 1024;
    private const int LinesShown = 3;
    private const int LongestLine = 300;

    private readonly Lock _lock = new();
    private readonly StringBuilder _tail = new();
    private readonly Stream _stream;

    public ErrorTail(Stream stream)
    {
        _stream = stream;
        new Thread(Read) { IsBackground = true, Name = "worker's standard error" }.Start();
    }

    public string Text
    {
        get
        {
            lock (_lock)
            {
                return _tail.ToString();
            }
        }
    }

    /// <summary>The first lines of the last words: of a stack trace they hold the message.</summary>
    public string LastLines() => string.Join(
        " ",
        Text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith("at ", StringComparison.Ordinal))
            .TakeLast(LinesShown)
            .Select(line => line.Length > LongestLine ? line[..LongestLine] + "…" : line));

    private void Read()
    {
        var bytes = new byte[4096];
        try
        {
            while (_stream.Read(bytes) is > 0 and var count)
            {
                lock (_lock)
                {
                    _tail.Append(Encoding.UTF8.GetString(bytes, 0, count));
                    _tail.Remove(0, Math.Max(0, _tail.Length - Kept));
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The process and its pipe are gone.
        }
    }
}
