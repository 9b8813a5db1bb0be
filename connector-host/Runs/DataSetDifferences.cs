using System.Globalization;
using System.Text.Json;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.Runs;

/// <summary>What is different between two configurations of a DataSet, in the words of its forms.</summary>
internal sealed class DataSetDifferences(ConnectorCatalog connectors, AccountStore accounts)
{
    private const string Hidden = "•••";

    private static readonly (string Title, Func<DataSetConfiguration, string?> Read)[] Rules =
    [
        ("Name", dataSet => dataSet.Name),
        ("Description", dataSet => dataSet.Description),
        ("Tags", dataSet => string.Join(", ", dataSet.Tags)),
        ("Update method", dataSet => dataSet.UpdateMethod.ToString()),
        ("Key columns", dataSet => dataSet.Rules.Key is { } key ? string.Join(", ", key) : null),
        ("Repeated keys", dataSet => dataSet.Rules.RepeatedKeys.ToString()),
        ("Partition column", dataSet => dataSet.Rules.Partition?.ToString()),
        ("Runs that can be undone", dataSet => Text(dataSet.Rules.UndoRuns)),
        ("Retries", dataSet => RetryText(dataSet.Rules.Retry)),
        ("Deadline of a run", dataSet => dataSet.Rules.Deadline?.ToString("c", CultureInfo.InvariantCulture)),
        ("New columns", dataSet => dataSet.Rules.Safeguards.AddedColumns.ToString()),
        ("Missing columns", dataSet => dataSet.Rules.Safeguards.VanishedColumns.ToString()),
        ("Columns of another type", dataSet => dataSet.Rules.Safeguards.RetypedColumns.ToString()),
        ("No rows", dataSet => dataSet.Rules.Safeguards.NoRows.ToString()),
        ("Unusual number of rows", dataSet => dataSet.Rules.Safeguards is { MostOff: { } percent } safeguards ? $"more than {Text(percent)} %: {safeguards.OffRows}" : null),
        ("Rows in quarantine", dataSet => Text(dataSet.Rules.MostQuarantined)),
    ];

    public IReadOnlyList<FieldChange> Between(DataSetConfiguration before, DataSetConfiguration after) =>
    [
        .. Rules.Select(rule => new FieldChange(rule.Title, rule.Read(before), rule.Read(after))).Where(IsChange),
        .. before.AccountId == after.AccountId ? [] : new[] { new FieldChange("Account", AccountText(before), AccountText(after)) },
        .. OfDetails(after.Connector, before.Details, after.Details),
    ];

    public IReadOnlyList<FieldChange> OfDetails(string connector, JsonElement before, JsonElement after)
    {
        if (JsonElement.DeepEquals(before, after))
        {
            return [];
        }

        // Only the form knows which of them are secrets.
        if (connectors.Packages.FirstOrDefault(package => package.Manifest.Id == connector) is not { } package)
        {
            return [new FieldChange("Details", Hidden, Hidden)];
        }

        var form = Form.Parse(package.DetailsForm);
        var (old, current) = (form.Settle(before), form.Settle(after));
        var pointers = current.Visible.Union(old.Visible).ToList();
        var changes = pointers
            .Where(pointer => !pointers.Exists(other => other.StartsWith(pointer + "/", StringComparison.Ordinal)))
            .Select(pointer => (Old: TextOf(old, pointer), New: TextOf(current, pointer), Field: current.Fields.GetValueOrDefault(pointer) ?? old.Fields[pointer]))
            .Where(change => change.Old != change.New)
            .Select(change => change.Field.IsSecret
                ? new FieldChange(change.Field.Title, change.Old is null ? null : Hidden, change.New is null ? null : Hidden)
                : new FieldChange(change.Field.Title, change.Old, change.New))
            .ToList();
        return changes.Count > 0 ? changes : [new FieldChange("Details", Hidden, Hidden)];
    }

    private static string? TextOf(Settled settled, string pointer) =>
        JsonPointer.Find(settled.Data, pointer) is not { } value ? null
        : value.ValueKind == JsonValueKind.Array ? string.Join(", ", value.EnumerateArray().Select(settled.Fields[pointer].TitleOf))
        : settled.Fields[pointer].TitleOf(value);

    private string AccountText(DataSetConfiguration dataSet) => dataSet.AccountId is { } id ? Viewer.Platform(() => accounts.GetById(id)).Name : "Sample data";

    private static string RetryText(RetryPolicy retry) => retry.Pattern == RetryPattern.Never
        ? "never"
        : string.Create(CultureInfo.InvariantCulture, $"{retry.Pattern.ToString().ToLowerInvariant()}, {retry.Times} times, after {retry.Delay:c}, at most {retry.Cap:c}");

    private static bool IsChange(FieldChange change) => change.Before != change.After;

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
