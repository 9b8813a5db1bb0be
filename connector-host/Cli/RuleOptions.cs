using System.CommandLine;
using ConnectorPlatform.Host.DataSets;

namespace ConnectorPlatform.Host.Cli;

/// <summary>The options that say how runs change a DataSet's rows; what is left out stays as it is.</summary>
internal sealed class RuleOptions
{
    private const char UnitSeparator = ':';

    private readonly Option<UpdateMethod?> _method = new("--update") { Description = "How runs change the rows; Replace by default." };

    private readonly Option<string[]> _key = new("--key")
    {
        Description = "Upsert: the columns that identify a record; by default those that the report marks.",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<RepeatedKeys?> _repeated = new("--repeated-keys") { Description = "Upsert: what happens when a key comes twice in one run; Fail by default." };

    private readonly Option<string?> _partition = new("--partition") { Description = "Partition: COLUMN, COLUMN:day or COLUMN:month (UTC)." };

    private readonly Option<int?> _undoRuns = new("--undo-runs") { Description = "How many of the last runs can be undone; 10 by default." };

    public void AddTo(Command command)
    {
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
        var key = invocation.Value(_key) is { Length: > 0 } names
            ? [.. names.SelectMany(name => name.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))]
            : rules.Key;
        var result = rules with
        {
            Key = key,
            RepeatedKeys = invocation.Value(_repeated) ?? rules.RepeatedKeys,
            Partition = invocation.Value(_partition) is { } partition ? Parse(partition) : rules.Partition,
            UndoRuns = invocation.Value(_undoRuns) ?? rules.UndoRuns,
        };
        return result.UndoRuns is < 0 or > 1000 ? throw Input("--undo-runs is a number from 0 to 1000.")
            : changed == UpdateMethod.Partition && result.Partition is null ? throw Input("Partition needs --partition, such as --partition date:day.")
            : (changed, result);
    }

    private static PartitionRule Parse(string text)
    {
        var end = text.LastIndexOf(UnitSeparator);
        return end < 0 ? new PartitionRule(text, PartitionUnit.Value)
            : Enum.TryParse<PartitionUnit>(text[(end + 1)..], ignoreCase: true, out var unit) && !char.IsAsciiDigit(text[^1]) ? new PartitionRule(text[..end], unit)
            : throw Input($"--partition {text}: after the colon comes day, month or value.");
    }

    private static PlatformException Input(string message) => new(PlatformFault.Input, message);
}
