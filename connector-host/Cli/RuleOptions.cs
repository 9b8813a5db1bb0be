using System.CommandLine;
using System.Globalization;
using ConnectorPlatform.Host.DataSets;

namespace ConnectorPlatform.Host.Cli;

/// <summary>The options that say how runs change a DataSet's rows; what is left out stays as it is.</summary>
internal sealed class RuleOptions
{
    private const char UnitSeparator = ':';

    private readonly Option<UpdateMethod?> _method = new("--update") { Description = "How runs change the rows; Replace by default." };

    private readonly Option<string[]> _key = new("--key")
    {
        Description = "Upsert: the columns that identify a record; those that the report marks by default, and again with an empty text.",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<RepeatedKeys?> _repeated = new("--repeated-keys") { Description = "Upsert: what happens when a key comes twice in one run; Fail by default." };

    private readonly Option<string?> _partition = new("--partition") { Description = "Partition: COLUMN, COLUMN:day or COLUMN:month (UTC)." };

    private readonly Option<int?> _undoRuns = new("--undo-runs") { Description = "How many of the last runs can be undone; 10 by default." };

    private readonly Option<string?> _retry = new("--retry")
    {
        Description = "What follows a failure that may heal: never, fixed:TIMES:DELAY, or exponential:TIMES:DELAY[:CAP], such as exponential:3:1m:1h.",
    };

    private readonly Option<string?> _deadline = new("--deadline") { Description = "How long a run may take with all of its attempts, such as 30m; 0 for as long as it needs." };

    private readonly SafeguardOptions _safeguards = new();

    public void AddTo(Command command)
    {
        _safeguards.AddTo(command);
        command.Add(_retry);
        command.Add(_deadline);
        command.Add(_method);
        command.Add(_key);
        command.Add(_repeated);
        command.Add(_partition);
        command.Add(_undoRuns);
    }

    /// <exception cref="PlatformException">They contradict each other.</exception>
    public (UpdateMethod Method, DataSetRules Rules) Apply(Invocation invocation, UpdateMethod method, DataSetRules rules)
    {
        var changed = invocation.Value(_method) ?? method;
        var key = invocation.Value(_key) is { Length: > 0 } names ? ParseKey(names) : rules.Key;
        var result = _safeguards.Apply(invocation, rules) with
        {
            Key = key,
            RepeatedKeys = invocation.Value(_repeated) ?? rules.RepeatedKeys,
            Partition = invocation.Value(_partition) is { } partition ? Parse(partition) : rules.Partition,
            UndoRuns = invocation.Value(_undoRuns) ?? rules.UndoRuns,
            Retry = invocation.Value(_retry) is { } retry ? ParseRetry(retry) : rules.Retry,
            Deadline = invocation.Value(_deadline) is { } deadline ? ParseDuration("--deadline", deadline) is { Ticks: > 0 } limit ? limit : null : rules.Deadline,
        };
        return result.UndoRuns is < 0 or > 1000 ? throw Input("--undo-runs is a number from 0 to 1000.")
            : changed == UpdateMethod.Partition && result.Partition is null ? throw Input("Partition needs --partition, such as --partition date:day.")
            : (changed, result);
    }

    private static List<string>? ParseKey(string[] names)
    {
        var columns = names.SelectMany(name => name.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).ToList();
        return columns.Count == 0 ? null : columns;
    }

    private static PartitionRule Parse(string text)
    {
        var end = text.LastIndexOf(UnitSeparator);
        return end < 0 ? new PartitionRule(text, PartitionUnit.Value)
            : Enum.TryParse<PartitionUnit>(text[(end + 1)..], ignoreCase: true, out var unit) && !char.IsAsciiDigit(text[^1]) ? new PartitionRule(text[..end], unit)
            : throw Input($"--partition {text}: after the colon comes day, month or value.");
    }

    private static RetryPolicy ParseRetry(string text)
    {
        var parts = text.Split(':');
        return parts switch
        {
            ["never"] => RetryPolicy.None,
            ["fixed" or "exponential", var times, var delay, ..] when parts.Length <= (parts[0] == "fixed" ? 3 : 4)
                && int.TryParse(times, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= 100 =>
                new RetryPolicy(parts[0] == "fixed" ? RetryPattern.Fixed : RetryPattern.Exponential, count, ParseDuration("--retry", delay))
                {
                    Cap = parts is [_, _, _, var cap] ? ParseDuration("--retry", cap) : TimeSpan.FromHours(1),
                },
            _ => throw Input($"--retry {text}: write never, fixed:3:5m (1 to 100 times), or exponential:3:1m with perhaps a cap behind, such as :1h."),
        };
    }

    private static TimeSpan ParseDuration(string option, string text)
    {
        if (text == "0")
        {
            return TimeSpan.Zero;
        }

        TimeSpan? unit = text is [.., var letter] ? letter switch
        {
            's' => TimeSpan.FromSeconds(1),
            'm' => TimeSpan.FromMinutes(1),
            'h' => TimeSpan.FromHours(1),
            'd' => TimeSpan.FromDays(1),
            _ => null,
        } : null;
        return unit is { } known && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= 1_000_000 && known * count <= TimeSpan.FromDays(40)
            ? known * count
            : throw Input($"{option} {text}: a duration is a whole number with s, m, h or d behind it, at most 40 days.");
    }

    private static PlatformException Input(string message) => new(PlatformFault.Input, message);
}
