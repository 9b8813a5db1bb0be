using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ConnectorPlatform.Host.Schedules;

namespace ConnectorPlatform.Host.Web.NewDataSet;

/// <summary>A recurrence as the fields of the scheduling form; one that they cannot say stands there in words.</summary>
internal static partial class RecurrenceFields
{
    private static readonly string[] Times = ["from", "until", "at"];

    /// <summary>The text that <see cref="Recurrence.Parse"/> reads.</summary>
    public static string Text(FilledScheduling filled)
    {
        var frequency = filled.Text("frequency") ?? "manually";
        return frequency switch
        {
            "manually" => "manually",
            "cron" => filled.Text("cron") ?? "",
            "words" => filled.Text("words") ?? "",
            "minute" or "hour" => Every(filled, frequency) + Window(filled),
            "week" => $"{Every(filled, frequency)} on {string.Join(", ", filled.Texts("days"))} at {filled.Text("at")}",
            "month" => $"{Every(filled, frequency)} on {(filled.Text("day_of_month") == "last" ? "last day" : $"day {filled.Text("day_of_month")}")} at {filled.Text("at")}",
            _ => $"{Every(filled, frequency)} at {filled.Text("at")}",
        };
    }

    public static void Write(Recurrence? recurrence, JsonObject fields)
    {
        if (recurrence is null or ManualRecurrence)
        {
            fields["frequency"] = "manually";
        }
        else if (Simple().Match(recurrence.Text) is { Success: true } match && IsSayable(match))
        {
            WriteSimple(match, fields);
        }
        else
        {
            var kind = recurrence.Text.StartsWith("every", StringComparison.Ordinal) || recurrence is AfterRecurrence ? "words" : "cron";
            (fields["frequency"], fields[kind]) = (kind, recurrence.Text);
        }
    }

    private static string Every(FilledScheduling filled, string unit) => string.Create(CultureInfo.InvariantCulture, $"every {filled.Number("every") ?? 1} {unit}s");

    private static string Window(FilledScheduling filled) => (filled.Text("from"), filled.Text("until")) switch
    {
        (null, null) => "",
        var (from, until) => $" between {from ?? "00:00"} and {until ?? "23:59"}",
    };

    // Intervals on some days, and several or other days of a month, are said in words.
    private static bool IsSayable(Match match) => match.Groups["unit"].Value switch
    {
        "minute" or "hour" => !match.Groups["on"].Success,
        "month" => MonthDay().IsMatch(match.Groups["on"].Value),
        _ => true,
    };

    private static void WriteSimple(Match match, JsonObject fields)
    {
        var unit = match.Groups["unit"].Value;
        fields["frequency"] = unit;
        fields["every"] = match.Groups["count"].Success ? int.Parse(match.Groups["count"].Value, CultureInfo.InvariantCulture) : 1;
        foreach (var name in Times.Where(name => match.Groups[name].Success))
        {
            fields[name] = match.Groups[name].Value;
        }

        if (unit == "week")
        {
            fields["days"] = new JsonArray([.. match.Groups["on"].Value.Split(", ").Select(day => JsonValue.Create(day))]);
        }
        else if (unit == "month")
        {
            fields["day_of_month"] = match.Groups["on"].Value is "last day" ? "last" : match.Groups["on"].Value["day ".Length..];
        }
    }

    [GeneratedRegex("^every (?:(?<count>[0-9]+) )?(?<unit>minute|hour|day|weekday|week|month)s?(?: between (?<from>[0-9:]+) and (?<until>[0-9:]+))?(?: on (?<on>.+?))?(?: at (?<at>[0-9:, ]+))?$")]
    private static partial Regex Simple();

    [GeneratedRegex("^(day [0-9]+|last day)$")]
    private static partial Regex MonthDay();
}
