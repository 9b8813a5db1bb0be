using System.Globalization;
using ConnectorPlatform.Host.Audit;
using Microsoft.AspNetCore.Http.Extensions;

namespace ConnectorPlatform.Host.Web.Audit;

/// <summary>What the page of the audit log is asked for, as it stands in its address.</summary>
internal sealed record AuditForm
{
    public required string Who { get; init; }

    public required string What { get; init; }

    public required string Subject { get; init; }

    /// <summary>The first day, in UTC.</summary>
    public required string From { get; init; }

    /// <summary>The last day.</summary>
    public required string To { get; init; }

    /// <summary>Only lines before this one.</summary>
    public required string Before { get; init; }

    public static AuditForm Read(IQueryCollection query) => new()
    {
        Who = Text(query, "who"),
        What = Text(query, "what"),
        Subject = Text(query, "subject"),
        From = Text(query, "from"),
        To = Text(query, "to"),
        Before = Text(query, "before"),
    };

    public bool IsFiltered => Who.Length + What.Length + Subject.Length + From.Length + To.Length > 0;

    /// <exception cref="PlatformException">A day or the line is none.</exception>
    public long? BeforeLine => Before.Length == 0 ? null
        : long.TryParse(Before, NumberStyles.None, CultureInfo.InvariantCulture, out var line) ? line
        : throw new PlatformException(PlatformFault.Input, $"\"{Before}\" is no line of the log.");

    /// <exception cref="PlatformException">A day is none, or the first is after the last.</exception>
    public AuditSearch ToSearch()
    {
        var (first, last) = (Day(From), Day(To));
        return first > last
            ? throw new PlatformException(PlatformFault.Input, $"The first day, {From}, is after the last, {To}.")
            : new() { Who = Who, What = What, Subject = Subject, From = first, Until = last?.AddDays(1) };
    }

    /// <summary>The same question from another line on.</summary>
    public string Address(string path, long? before)
    {
        var query = new QueryBuilder();
        foreach (var (name, value) in new[] { ("who", Who), ("what", What), ("subject", Subject), ("from", From), ("to", To) }.Where(field => field.Item2.Length > 0))
        {
            query.Add(name, value);
        }

        if (before is { } line)
        {
            query.Add("before", line.ToString(CultureInfo.InvariantCulture));
        }

        return path + query.ToQueryString();
    }

    private static string Text(IQueryCollection query, string name) => query[name].ToString().Trim();

    private static DateTimeOffset? Day(string text) => text.Length == 0 ? null
        : DateTimeOffset.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var day) ? day
        : throw new PlatformException(PlatformFault.Input, $"\"{text}\" is no day; write it as 2026-11-29.");
}
