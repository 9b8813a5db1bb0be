using System.Text.Json;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Schedules;

namespace ConnectorPlatform.Host.Web.NewDataSet;

/// <summary>What was filled into the scheduling form, and is settled and valid.</summary>
internal sealed class FilledScheduling(JsonElement data)
{
    public string? Text(string name) => data.Text(name);

    public IReadOnlyList<string> Texts(string name) => data.Texts(name);

    public int? Number(string name) => data.Member(name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var value) ? value : null;

    public TimeSpan? Duration(string name) => Text(name) is { } text ? DurationText.Read(text) : null;

    public double? Fraction(string name) => data.Member(name) is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : null;

    public T Choice<T>(string name, T usual)
        where T : struct, Enum => Enum.TryParse<T>(Text(name), out var choice) ? choice : usual;
}

/// <summary>When and how a DataSet is filled, as the scheduling form says it.</summary>
/// <param name="Schedule">Null when only people start runs; its DataSet is not filled in.</param>
internal sealed record Scheduling(UpdateMethod Method, DataSetRules Rules, Schedule? Schedule, TimeSpan? MaxAge);
