using System.CommandLine;
using System.Globalization;
using ConnectorPlatform.Host.DataSets;

namespace ConnectorPlatform.Host.Cli;

/// <summary>The options that say what makes a run doubtful; what is left out stays as it is.</summary>
internal sealed class SafeguardOptions
{
    private readonly Option<SafeguardAction?> _added = Action("--added-columns", "a run brings a new column; Accept by default");
    private readonly Option<SafeguardAction?> _vanished = Action("--vanished-columns", "a run does not bring a column; Warn by default");
    private readonly Option<SafeguardAction?> _retyped = Action("--retyped-columns", "a column comes with another type; Warn by default");
    private readonly Option<SafeguardAction?> _noRows = Action("--no-rows", "a run brings no rows; Warn by default");

    private readonly Option<string?> _offRows = new("--off-rows")
    {
        Description = "PERCENT:ACTION, such as 50:hold: when a run's rows are further than that from the median of the last ten runs. \"any\" allows any number (default).",
    };

    private readonly Option<int?> _quarantined = new("--most-quarantined")
    {
        Description = "How many records of a run may go to the quarantine because they cannot be stored; 0 by default. With more, columns keep their types.",
    };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _added, _vanished, _retyped, _noRows, _offRows, _quarantined })
        {
            command.Add(option);
        }
    }

    /// <exception cref="PlatformException">An option cannot be read.</exception>
    public DataSetRules Apply(Invocation invocation, DataSetRules rules)
    {
        var safeguards = rules.Safeguards with
        {
            AddedColumns = invocation.Value(_added) ?? rules.Safeguards.AddedColumns,
            VanishedColumns = invocation.Value(_vanished) ?? rules.Safeguards.VanishedColumns,
            RetypedColumns = invocation.Value(_retyped) ?? rules.Safeguards.RetypedColumns,
            NoRows = invocation.Value(_noRows) ?? rules.Safeguards.NoRows,
        };
        var result = rules with
        {
            Safeguards = invocation.Value(_offRows) is { } text ? WithOffRows(safeguards, text) : safeguards,
            MostQuarantined = invocation.Value(_quarantined) ?? rules.MostQuarantined,
        };
        return result.MostQuarantined is < 0 or > 1_000_000 ? throw Input("--most-quarantined is a number from 0 to 1000000.") : result;
    }

    private static Safeguards WithOffRows(Safeguards safeguards, string text)
    {
        if (text == "any")
        {
            return safeguards with { MostOff = null };
        }

        var parts = text.Split(':');
        return parts.Length == 2
            && double.TryParse(parts[0], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent)
            && percent is > 0 and <= 1_000_000
            && !char.IsAsciiDigit(parts[1].FirstOrDefault())
            && Enum.TryParse<SafeguardAction>(parts[1], ignoreCase: true, out var action)
                ? safeguards with { MostOff = percent, OffRows = action }
                : throw Input($"--off-rows {text}: write a percentage and what happens, such as 50:hold or 20:warn, or any.");
    }

    private static Option<SafeguardAction?> Action(string name, string when) => new(name) { Description = $"Accept, Warn or Hold (for approval) when {when}." };

    private static PlatformException Input(string message) => new(PlatformFault.Input, message);
}
