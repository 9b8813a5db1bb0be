using System.Text;

namespace ConnectorPlatform.Host.Connectors.Workers;

/// <summary>Keeps the end of a worker's standard error, where its last words stand. Reads for ever, so that the worker never blocks on it.</summary>
internal sealed class ErrorTail
{
    // The trace of a crash in asynchronous code alone can take 20 KB, and what the runtime says stands before it.
    private const int Kept = 64 * 1024;
    private const int Told = 4 * 1024;
    private const int LinesShown = 3;
    private const int LongestLine = 300;
    private static readonly string[] EndsOfRuntime = ["Unhandled exception", "Process terminated", "Stack overflow", "Fatal error", "Out of memory"];
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

    /// <summary>The last words: what the runtime says of its end and where, else the end of what was said.</summary>
    public string Particulars()
    {
        var text = Text();
        return EndOfRuntime(text) is >= 0 and var end ? text[end..Math.Min(text.Length, end + Told)] : text[Math.Max(0, text.Length - Told)..];
    }

    /// <summary>The last words without the stack trace, which the log has.</summary>
    public string LastLines()
    {
        var text = Text();
        var end = EndOfRuntime(text);
        var lines = text[Math.Max(0, end)..].Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var words = end >= 0 ? lines.TakeWhile(line => !IsTrace(line)).Take(LinesShown) : lines.Where(line => !IsTrace(line)).TakeLast(LinesShown);
        return string.Join(" ", words.Select(line => line.Shortened(LongestLine)));
    }

    private static int EndOfRuntime(string text) => EndsOfRuntime.Max(start => text.LastIndexOf(start, StringComparison.Ordinal));

    private string Text()
    {
        lock (_lock)
        {
            return _tail.ToString();
        }
    }

    private static bool IsTrace(string line) => line.StartsWith("at ", StringComparison.Ordinal) || line.StartsWith("---", StringComparison.Ordinal);

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
