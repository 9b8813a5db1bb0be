using System.Text;

namespace ConnectorPlatform.Host.Connectors.Workers;

/// <summary>Keeps the end of a worker's standard error, where its last words stand. Reads for ever, so that the worker never blocks on it.</summary>
internal sealed class ErrorTail
{
    private const int Kept = 16 * 1024;
    private const int LinesShown = 3;
    private const int LongestLine = 300;
    private static readonly TimeSpan FinishWithin = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private readonly StringBuilder _tail = new();
    private readonly Stream _stream;
    private readonly Thread _reading;

    public ErrorTail(Stream stream)
    {
        _stream = stream;
        _reading = new Thread(Read) { IsBackground = true, Name = "worker's standard error" };
        _reading.Start();
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

    /// <summary>Forgets what was said before: it may be another account's.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _tail.Clear();
        }
    }

    /// <summary>Waits until all that a process which has ended said is here; not for ever, as one that it started may still hold the pipe.</summary>
    public void Finish() => _reading.Join(FinishWithin);

    /// <summary>The last words without the stack trace, which the log has.</summary>
    public string LastLines() => string.Join(
        " ",
        Text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith("at ", StringComparison.Ordinal) && !line.StartsWith("---", StringComparison.Ordinal))
            .TakeLast(LinesShown)
            .Select(line => line.Length > LongestLine ? line[..LongestLine] + "…" : line));

    private void Read()
    {
        var bytes = new byte[4096];
        var characters = new char[Encoding.UTF8.GetMaxCharCount(bytes.Length)];
        var decoder = Encoding.UTF8.GetDecoder();
        try
        {
            using var stream = _stream;
            while (stream.Read(bytes) is > 0 and var count)
            {
                lock (_lock)
                {
                    _tail.Append(characters, 0, decoder.GetChars(bytes, 0, count, characters, 0));
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
