using System.CommandLine;
using System.Globalization;
using ConnectorPlatform.Host.Http;
using ConnectorPlatform.Host.Runs.Backfills;

namespace ConnectorPlatform.Host.Cli;

/// <summary>How a backfill is written on the command line.</summary>
internal sealed class BackfillArguments
{
    private readonly Option<string?> _from = new("--from") { Description = "The first day, such as 2025-01-01." };

    private readonly Option<string?> _to = new("--to") { Description = "The last day, which belongs to the range." };

    private readonly Option<SliceUnit?> _slice = new("--slice") { Description = "What one run reads: day, week (from Monday) or month." };

    private readonly Option<string[]> _set = new("--set")
    {
        Description = "A field of the details and its text, such as from={start}; {end}, {until} (the day after) and {days} are known, too. By default as the connector says.",
    };

    private readonly Option<string?> _requests = new("--requests")
    {
        Description = "The slices' own budget, such as 50/60 for 50 requests in 60 seconds; by default half of what the connector declares.",
    };

    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Run nothing; tell the slices and their details." };

    private readonly Option<string?> _again = new("--again") { Description = "Run the slice again that begins on this day." };

    private readonly Option<bool> _inServer = new("--in-server") { Description = "Leave the work to a server on this data folder." };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _from, _to, _slice, _set, _requests, _dryRun, _again, _inServer })
        {
            command.Add(option);
        }
    }

    public bool HasRange(Invocation invocation) => invocation.Value(_from) is not null || invocation.Value(_to) is not null || invocation.Value(_slice) is not null;

    public bool IsDryRun(Invocation invocation) => invocation.Value(_dryRun);

    public bool IsForServer(Invocation invocation) => invocation.Value(_inServer);

    public DateOnly? Again(Invocation invocation) => invocation.Value(_again) is { } text ? Day("--again", text) : null;

    /// <exception cref="PlatformException">Something is missing or cannot be read.</exception>
    public BackfillRequest Request(Invocation invocation)
    {
        if (invocation.Value(_from) is not { } from || invocation.Value(_to) is not { } to || invocation.Value(_slice) is not { } unit)
        {
            throw Input("A backfill needs --from, --to and --slice, such as --from 2025-01-01 --to 2025-12-31 --slice month.");
        }

        return new BackfillRequest(new DayRange(Day("--from", from), Day("--to", to)), unit)
        {
            Fields = (invocation.Value(_set) ?? []).Select(Field).DistinctBy(field => field.Name).ToDictionary(field => field.Name, field => field.Text),
            Budget = invocation.Value(_requests) is { } requests ? Budget(requests) : null,
        };
    }

    private static DateOnly Day(string option, string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : throw Input($"{option} {text}: write a day of the calendar, such as 2025-01-31.");

    private static (string Name, string Text) Field(string text) => text.IndexOf('=', StringComparison.Ordinal) is > 0 and var at
        ? (text[..at], text[(at + 1)..])
        : throw Input($"--set {text}: write a field and its text, such as from={{start}}.");

    private static RateBudget Budget(string text) =>
        text.Split('/') is [var requests, var seconds]
        && int.TryParse(requests, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= 1_000_000
        && int.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var window) && window is >= 1 and <= 2_678_400
            ? new RateBudget(count, window)
            : throw Input($"--requests {text}: write requests and seconds, such as 50/60.");

    private static PlatformException Input(string message) => new(PlatformFault.Input, message);
}
