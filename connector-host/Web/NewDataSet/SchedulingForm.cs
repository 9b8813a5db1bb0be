using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Forms.Validation;
using ConnectorPlatform.Host.Schedules;
using ConnectorPlatform.Host.Web.Forms;

namespace ConnectorPlatform.Host.Web.NewDataSet;

/// <summary>The scheduling form (<c>schemas/scheduling.json</c>), the same for all connectors: from its data to what the platform keeps, and back.</summary>
internal sealed class SchedulingForm(FormValidator validator, ScheduleCheck check, PlatformZone zone, DataSetConfigurationStore dataSets, TimeProvider time)
{
    private const string DateFormat = "yyyy-MM-dd";
    private const int MostMissed = 10;

    // The bounds of the other ways to set them.
    private static readonly (string Name, TimeSpan Least, TimeSpan Most)[] Durations =
    [
        ("retry_delay", TimeSpan.Zero, RetryPolicy.LongestWait),
        ("deadline", TimeSpan.FromSeconds(1), RetryPolicy.LongestWait),
        ("max_age", Freshness.Shortest, Freshness.Longest),
    ];

    public static Form Form { get; } = Read();

    public static FormScene Scene(string refreshPath) => new() { Form = Form, RefreshPath = refreshPath };

    /// <summary>What is wrong with it; empty when it can be saved.</summary>
    public IReadOnlyList<FormError> ErrorsOf(Settled settled) => ErrorsOf(Form, settled);

    /// <inheritdoc cref="ErrorsOf(Settled)"/>
    /// <param name="form">The whole form, or its part that says when.</param>
    /// <param name="settled">What is filled in.</param>
    public IReadOnlyList<FormError> ErrorsOf(Form form, Settled settled)
    {
        var filled = new FilledScheduling(settled.Data);
        var errors = validator.Validate(form, settled, UnknownNames.Dropped);
        errors = [.. errors, .. DurationErrors(settled, filled).Concat(ZoneErrors(filled)).Where(error => errors.All(found => found.Path != error.Path))];
        if (errors.Count > 0)
        {
            return errors;
        }

        try
        {
            _ = NextFires(Parse(settled.Data, null).Schedule);
            return [];
        }
        catch (PlatformException exception)
        {
            return [new FormError(PlaceOf(settled.Data), "schedule", exception.Message)];
        }
    }

    /// <param name="data">Settled and valid.</param>
    /// <param name="before">The schedule that it changes; null for a new one.</param>
    /// <param name="rules">Those that it changes; what the form does not show stays.</param>
    /// <exception cref="PlatformException">The words, the cron expression, the zone or a date cannot be read.</exception>
    public Scheduling Parse(JsonElement data, Schedule? before, DataSetRules? rules = null)
    {
        var filled = new FilledScheduling(data);
        return new Scheduling(filled.Choice("update_method", UpdateMethod.Replace), RulesOf(filled, rules ?? new DataSetRules()), ScheduleOf(filled, before), filled.Duration("max_age"));
    }

    /// <summary>The next times of a schedule; none without one.</summary>
    /// <exception cref="PlatformException">It never fires, or too often.</exception>
    public IReadOnlyList<Preview> NextFires(Schedule? schedule) => schedule is null ? [] : check.NextFires(schedule);

    /// <summary>The form's data for what is kept.</summary>
    public static JsonElement Write(Schedule schedule)
    {
        var fields = new JsonObject();
        WriteSchedule(schedule, fields);
        return Settled(ScheduleForm.Form, fields);
    }

    /// <inheritdoc cref="Write(Schedule)"/>
    public static JsonElement Write(DataSetConfiguration dataSet, Schedule? schedule, TimeSpan? maxAge)
    {
        var (rules, fields) = (dataSet.Rules, new JsonObject());
        WriteSchedule(schedule, fields);
        fields["update_method"] = dataSet.UpdateMethod.ToString();
        fields["key"] = rules.Key is { } key ? new JsonArray([.. key.Select(name => JsonValue.Create(name))]) : null;
        fields["repeated_keys"] = rules.RepeatedKeys.ToString();
        (fields["partition_column"], fields["partition_unit"]) = (rules.Partition?.Column, (rules.Partition?.Unit ?? PartitionUnit.Value).ToString());
        fields["undo_runs"] = rules.UndoRuns;
        (fields["retry"], fields["retry_times"], fields["retry_delay"]) = (rules.Retry.Pattern.ToString(), rules.Retry.Times, DurationText.Write(rules.Retry.Delay));
        fields["deadline"] = rules.Deadline is { } deadline ? DurationText.Write(deadline) : null;
        fields["max_age"] = maxAge is { } age ? DurationText.Write(age) : null;
        var safeguards = rules.Safeguards;
        (fields["added_columns"], fields["vanished_columns"]) = (safeguards.AddedColumns.ToString(), safeguards.VanishedColumns.ToString());
        (fields["retyped_columns"], fields["no_rows"]) = (safeguards.RetypedColumns.ToString(), safeguards.NoRows.ToString());
        (fields["most_off"], fields["off_rows"], fields["most_quarantined"]) = (safeguards.MostOff, safeguards.OffRows.ToString(), rules.MostQuarantined);
        return Settled(Form, fields);
    }

    private static JsonElement Settled(Form form, JsonObject fields) =>
        form.Settle(JsonElement.Parse(new JsonObject(fields.Where(field => field.Value is not null).Select(field => KeyValuePair.Create(field.Key, field.Value?.DeepClone()))).ToJsonString())).Data;

    private static IEnumerable<FormError> ZoneErrors(FilledScheduling filled)
    {
        if (filled.Text("zone") is not { } name)
        {
            return [];
        }

        try
        {
            _ = Schedule.ZoneOf(name);
            return [];
        }
        catch (PlatformException exception)
        {
            return [new FormError("/zone", "zone", exception.Message)];
        }
    }

    private static IEnumerable<FormError> DurationErrors(Settled settled, FilledScheduling filled) =>
        from duration in Durations
        let text = filled.Text(duration.Name)
        where text is not null && !(DurationText.Read(text) is { } read && read >= duration.Least && read <= duration.Most)
        select new FormError(
            $"/{duration.Name}",
            "duration",
            $"{settled.Fields[$"/{duration.Name}"].Title} cannot be \"{text}\": write a number and a unit, such as 90 seconds, 5 minutes, 26 hours or 8 days; from {DurationText.Write(duration.Least)} to {DurationText.Write(duration.Most)}.");

    private static DataSetRules RulesOf(FilledScheduling filled, DataSetRules before) => before with
    {
        Key = filled.Texts("key") is { Count: > 0 } key ? key : null,
        RepeatedKeys = filled.Choice("repeated_keys", RepeatedKeys.Fail),
        Partition = filled.Text("partition_column") is { } column ? new PartitionRule(column, filled.Choice("partition_unit", PartitionUnit.Value)) : null,
        UndoRuns = filled.Number("undo_runs") ?? 10,
        MostQuarantined = filled.Number("most_quarantined") ?? 0,
        Retry = filled.Choice("retry", RetryPattern.Never) is not RetryPattern.Never and var pattern
            ? new RetryPolicy(pattern, filled.Number("retry_times") ?? 3, filled.Duration("retry_delay") ?? TimeSpan.FromMinutes(5)) { Cap = before.Retry.Cap }
            : RetryPolicy.None,
        Deadline = filled.Duration("deadline"),
        Safeguards = new Safeguards
        {
            AddedColumns = filled.Choice("added_columns", SafeguardAction.Accept),
            VanishedColumns = filled.Choice("vanished_columns", SafeguardAction.Warn),
            RetypedColumns = filled.Choice("retyped_columns", SafeguardAction.Warn),
            NoRows = filled.Choice("no_rows", SafeguardAction.Warn),
            MostOff = filled.Fraction("most_off"),
            OffRows = filled.Choice("off_rows", SafeguardAction.Warn),
        },
    };

    private Schedule? ScheduleOf(FilledScheduling filled, Schedule? before)
    {
        var recurrence = Recurrence.Parse(RecurrenceFields.Text(filled));
        if (recurrence is ManualRecurrence)
        {
            return null;
        }

        var inZone = filled.Text("zone") is { } name ? Schedule.ZoneOf(name) : zone.Current;
        return new Schedule
        {
            Id = before?.Id ?? Identifier.New(),
            DataSetId = before?.DataSetId ?? "",
            Recurrence = recurrence is AfterRecurrence after ? new AfterRecurrence(dataSets.Get(after.DataSet).Id) : recurrence,
            Zone = inZone,
            Start = Date(filled, "start") is { } start ? LocalTimes.First(inZone, start.ToDateTime(TimeOnly.MinValue)) : null,
            End = Date(filled, "end") is { } end ? LocalTimes.First(inZone, end.AddDays(1).ToDateTime(TimeOnly.MinValue)).AddTicks(-1) : null,
            Blackout = [.. filled.Texts("blackout").Select(DateSpan.Parse)],
            Jitter = TimeSpan.FromSeconds(filled.Number("jitter") ?? 0),
            Missed = filled.Choice("missed", MissedPolicy.RunOnce),
            MostMissed = before?.MostMissed ?? MostMissed,
            Overlap = filled.Choice("overlap", OverlapPolicy.QueueOne),
            IsPaused = before?.IsPaused ?? false,
            CreatedAt = before?.CreatedAt ?? time.GetUtcNow(),
        };
    }

    private static void WriteSchedule(Schedule? schedule, JsonObject fields)
    {
        RecurrenceFields.Write(schedule?.Recurrence, fields);
        if (schedule is null)
        {
            return;
        }

        fields["zone"] = schedule.Zone.Id;
        fields["start"] = schedule.Start is { } start ? LocalTimes.DateOf(schedule.Zone, start).ToString(DateFormat, CultureInfo.InvariantCulture) : null;
        fields["end"] = schedule.End is { } end ? LocalTimes.DateOf(schedule.Zone, end).ToString(DateFormat, CultureInfo.InvariantCulture) : null;
        fields["blackout"] = new JsonArray([.. schedule.Blackout.Select(span => JsonValue.Create(span.ToString()))]);
        fields["jitter"] = (int)schedule.Jitter.TotalSeconds;
        (fields["missed"], fields["overlap"]) = (schedule.Missed.ToString(), schedule.Overlap.ToString());
    }

    private static DateOnly? Date(FilledScheduling filled, string name) =>
        filled.Text(name) is not { } text ? null
        : DateOnly.TryParseExact(text, DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date
        : throw new PlatformException(PlatformFault.Input, $"\"{text}\" is no date; write it as 2026-12-24.");

    private static string PlaceOf(JsonElement data) => data.Text("frequency") switch
    {
        "cron" => "/cron",
        "words" => "/words",
        _ => "/frequency",
    };

    private static Form Read()
    {
        using var reader = new StreamReader(typeof(SchedulingForm).Assembly.GetManifestResourceStream("schemas/scheduling.json")!);
        return Form.Parse(JsonElement.Parse(reader.ReadToEnd()));
    }
}
