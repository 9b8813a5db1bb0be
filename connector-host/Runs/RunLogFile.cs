using System.Text.Json;

namespace ConnectorPlatform.Host.Runs;

/// <summary>A line of a run's log.</summary>
/// <param name="At">Null when the line is cut, as the last one of a process that died may be.</param>
/// <param name="Level"><c>info</c>, <c>warn</c> or <c>error</c>.</param>
internal sealed record RunLogLine(DateTimeOffset? At, string Level, string Message);

/// <summary>Reads the log of a run, which may be writing it.</summary>
internal static class RunLogFile
{
    /// <summary>The lines as they are stored; none when there is no log.</summary>
    public static IEnumerable<string> Lines(string path)
    {
        if (!File.Exists(path))
        {
            yield break;
        }

        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }

    /// <summary>The lines, oldest first.</summary>
    public static IEnumerable<RunLogLine> Read(string path) => Lines(path).Select(Parse);

    public static RunLogLine Parse(string line)
    {
        try
        {
            var entry = JsonElement.Parse(line);
            return new RunLogLine(entry.GetProperty("at").GetDateTimeOffset(), entry.GetProperty("level").GetString()!, entry.GetProperty("message").GetString()!);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or FormatException or InvalidOperationException)
        {
            return new RunLogLine(null, "info", line);
        }
    }
}
