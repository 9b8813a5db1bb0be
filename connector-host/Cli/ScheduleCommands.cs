using System.CommandLine;
using System.Globalization;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Schedules;

namespace ConnectorPlatform.Host.Cli;

/// <summary><c>schedule next|log</c>, and of <c>dataset</c>: <c>schedule NAME add|list|edit|remove</c>, <c>pause</c>, <c>resume</c>, <c>max-age</c>.</summary>
internal static class ScheduleCommands
{
    private const int Shown = 10;
    private const int MostShown = 1000;

    public static void AddTo(Command root) =>
        root.Add(new Command("schedule", "When DataSets run by themselves, and why one did not.") { Next(), Log() });

    /// <summary>The verbs that belong to one DataSet.</summary>
    public static void AddToDataSet(Command dataSet)
    {
        dataSet.Add(Schedule());
        dataSet.Add(Switch("pause", "Let a DataSet's schedules fire nothing until they are resumed.", (part, id) => part.Pause(id, ChangeOrigin.Cli)));
        dataSet.Add(Switch("resume", "Let a DataSet's schedules fire again. What passed meanwhile is not made up for.", (part, id) => part.Resume(id, ChangeOrigin.Cli)));
        dataSet.Add(MaxAge());
    }

    private static Command Next()
    {
        var arguments = new ScheduleArguments();
        var count = new Option<int>("--count") { Description = "How many.", DefaultValueFactory = _ => Shown };
        var from = new Option<string?>("--from") { Description = "After this time instead of now: 2026-03-29T01:00 in the zone, or with an offset." };
        var command = arguments.AddTo(new Command("next", "Show when a schedule would fire, in its zone and in UTC, and what daylight saving does to it."));
        command.Add(count);
        command.Add(from);
        command.Does((invocation, _) =>
        {
            if (invocation.Value(count) is < 1 or > MostShown)
            {
                throw new PlatformException(PlatformFault.Input, $"--count is from 1 to {MostShown}.");
            }

            var now = invocation.Part<TimeProvider>().GetUtcNow();
            var schedule = arguments.Read(invocation, "", now, name => name);
            var after = invocation.Value(from) is { } text ? ScheduleArguments.Instant("--from", text, schedule.Zone, isEnd: false) : now;
            var fires = Preview.Of(schedule, after, invocation.Value(count));
            invocation.Output.Write(
                new { When = schedule.Recurrence.Text, Words = schedule.Recurrence.Describe(), Zone = schedule.Zone.Id, Next = fires.Select(AsObject) },
                () => Tell(invocation.Output, schedule, schedule.Recurrence.Describe(), fires));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static Command Log()
    {
        var name = new Argument<string?>("name") { Description = "The DataSet's name or id; all without it.", Arity = ArgumentArity.ZeroOrOne };
        var limit = new Option<int>("--limit") { Description = "The most lines to show.", DefaultValueFactory = _ => 50 };
        var command = new Command("log", "Tell of every fire how it ended: in a run, or why not. Newest first.") { name, limit };
        command.Does((invocation, _) =>
        {
            var dataSets = invocation.Part<DataSetConfigurationStore>();
            var names = dataSets.List().ToDictionary(dataSet => dataSet.Id, dataSet => dataSet.Name);
            var lines = invocation.Part<ScheduleLog>().Read(invocation.Value(name) is { } given ? dataSets.Get(given).Id : null, Math.Clamp(invocation.Value(limit), 1, 100_000));
            invocation.Output.Write(
                lines.Select(line => new
                {
                    DataSet = names.GetValueOrDefault(line.DataSetId),
                    line.ScheduleId,
                    line.At,
                    line.LastAt,
                    line.Fires,
                    Outcome = ScheduleArguments.Dashed(line.Outcome.ToString()),
                    line.RunId,
                    line.Message,
                    line.LoggedAt,
                }),
                () => invocation.Output.Table(
                    ["due", "until", "fires", "dataset", "outcome", "run", "why"],
                    lines.Select(line => (object?[])
                        [line.At, line.LastAt == line.At ? null : line.LastAt, line.Fires, names.GetValueOrDefault(line.DataSetId), ScheduleArguments.Dashed(line.Outcome.ToString()), line.RunId, line.Message])));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static Command Schedule()
    {
        var name = Name();
        var command = new Command("schedule", "When a DataSet runs by itself: list, add, edit, remove.") { name, Add(name), Edit(name), Remove(name) };
        var list = new Command("list", "List the DataSet's schedules.");
        command.Add(list);
        list.Does((invocation, _) => ListAsync(invocation, name));
        command.Does((invocation, _) => ListAsync(invocation, name));
        return command;
    }

    private static Command Add(Argument<string> name)
    {
        var arguments = new ScheduleArguments();
        var command = arguments.AddTo(new Command("add", "Add a schedule; a DataSet may have several."));
        command.Does((invocation, _) =>
        {
            var dataSets = invocation.Part<DataSetConfigurationStore>();
            var dataSet = dataSets.Get(invocation.Value(name));
            var now = invocation.Part<TimeProvider>().GetUtcNow();
            var schedule = arguments.Read(invocation, dataSet.Id, now, other => dataSets.Get(other).Id);
            var fires = invocation.Part<ScheduleEdit>().Add(schedule, ChangeOrigin.Cli);
            invocation.Output.Write(
                AsObject(dataSets, schedule, fires),
                () =>
                {
                    invocation.Output.Line($"Schedule {schedule.Id} added to \"{dataSet.Name}\".");
                    Tell(invocation.Output, schedule, Words(dataSets, schedule), fires);
                });
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static Command Edit(Argument<string> name)
    {
        var arguments = new ScheduleArguments();
        var id = new Option<string?>("--id") { Description = "The schedule's id; not needed when the DataSet has only one." };
        var command = arguments.AddToEdit(new Command("edit", "Change a schedule; what is left out stays as it is."));
        command.Add(id);
        command.Does((invocation, _) =>
        {
            var dataSets = invocation.Part<DataSetConfigurationStore>();
            var dataSet = dataSets.Get(invocation.Value(name));
            var schedule = arguments.Read(invocation, Find(invocation, dataSet, invocation.Value(id)), other => dataSets.Get(other).Id);
            var fires = invocation.Part<ScheduleEdit>().Replace(schedule, ChangeOrigin.Cli);
            invocation.Output.Write(
                AsObject(dataSets, schedule, fires),
                () =>
                {
                    invocation.Output.Line($"Schedule {schedule.Id} of \"{dataSet.Name}\" is changed.");
                    Tell(invocation.Output, schedule, Words(dataSets, schedule), fires);
                });
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static Command Remove(Argument<string> name)
    {
        var id = new Argument<string?>("schedule") { Description = "The schedule's id; not needed when the DataSet has only one.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("remove", "Remove a schedule.") { id };
        command.Does((invocation, _) =>
        {
            var schedule = Find(invocation, invocation.Part<DataSetConfigurationStore>().Get(invocation.Value(name)), invocation.Value(id));
            invocation.Part<ScheduleEdit>().Remove(schedule, ChangeOrigin.Cli);
            invocation.Output.Write(new { Removed = schedule.Id }, () => invocation.Output.Line($"Schedule {schedule.Id} ({schedule.Recurrence.Text}) removed."));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    /// <summary>The schedule with that id, or the DataSet's only one.</summary>
    private static Schedule Find(Invocation invocation, DataSetConfiguration dataSet, string? id)
    {
        var schedules = invocation.Part<ScheduleStore>().Of(dataSet.Id).Select(stored => stored.Schedule).ToList();
        return (id is not null ? schedules.FirstOrDefault(one => one.Id == id) : schedules.Count == 1 ? schedules[0] : null)
            ?? throw new PlatformException(
                PlatformFault.NotFound,
                $"The DataSet \"{dataSet.Name}\" has {(schedules.Count == 0 ? "no schedules" : $"the schedules {string.Join(", ", schedules.Select(one => $"{one.Id} ({one.Recurrence.Text})"))}")}; name the id of one of them.");
    }

    private static Task<int> ListAsync(Invocation invocation, Argument<string> name)
    {
        var dataSets = invocation.Part<DataSetConfigurationStore>();
        var dataSet = dataSets.Get(invocation.Value(name));
        var now = invocation.Part<TimeProvider>().GetUtcNow();
        var schedules = invocation.Part<ScheduleStore>().Of(dataSet.Id).Select(stored => (stored.Schedule, Next: Preview.Of(stored.Schedule, now, 1))).ToList();
        var maxAge = invocation.Part<Freshness>().MaxAge(dataSet.Id);
        invocation.Output.Write(
            new { Schedules = schedules.Select(one => AsObject(dataSets, one.Schedule, one.Next)), MaxAge = maxAge },
            () =>
            {
                invocation.Output.Table(
                    ["schedule", "when", "in words", "zone", "paused", "next (UTC)"],
                    schedules.Select(one => (object?[])
                        [one.Schedule.Id, one.Schedule.Recurrence.Text, Words(dataSets, one.Schedule), one.Schedule.Zone.Id, one.Schedule.IsPaused ? "paused" : "", one.Schedule.IsPaused || one.Next.Count == 0 ? "none" : one.Next[0].Utc]));
                invocation.Output.Line(maxAge is { } age ? $"The DataSet is late when its last successful run is older than {Freshness.Words(age)}." : "The DataSet may get as old as it likes (see \"dataset max-age\").");
            });
        return Task.FromResult(ExitCode.Success);
    }

    private static Command Switch(string verb, string description, Func<ScheduleEdit, string?, int> work)
    {
        var name = new Argument<string?>("name") { Description = "The DataSet's name or id.", Arity = ArgumentArity.ZeroOrOne };
        var all = new Option<bool>("--all") { Description = "All DataSets." };
        var command = new Command(verb, description) { name, all };
        command.Does((invocation, _) =>
        {
            if (invocation.Value(name) is null != invocation.Value(all))
            {
                throw new PlatformException(PlatformFault.Input, $"Name a DataSet, or write --all: dataset {verb} NAME, dataset {verb} --all.");
            }

            var id = invocation.Value(name) is { } given ? invocation.Part<DataSetConfigurationStore>().Get(given).Id : null;
            var changed = work(invocation.Part<ScheduleEdit>(), id);
            invocation.Output.Write(new { Changed = changed }, () => invocation.Output.Line($"{(changed == 1 ? "One schedule" : $"{changed} schedules")} {verb}d."));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static Command MaxAge()
    {
        var name = Name();
        var age = new Argument<string>("age") { Description = "Such as 90m, 26h or 8d since the last successful run; none for any." };
        var command = new Command("max-age", "Say how old a DataSet may get before it is late.") { name, age };
        command.Does((invocation, _) =>
        {
            var dataSet = invocation.Part<DataSetConfigurationStore>().Get(invocation.Value(name));
            var text = invocation.Value(age);
            TimeSpan? maxAge = string.Equals(text, "none", StringComparison.OrdinalIgnoreCase) ? null : Durations.Parse("The age", text, TimeSpan.FromDays(3650));
            invocation.Part<ScheduleEdit>().SetMaxAge(dataSet.Id, maxAge, ChangeOrigin.Cli);
            invocation.Output.Write(
                new { dataSet.Name, MaxAge = maxAge },
                () => invocation.Output.Line(maxAge is { } given ? $"\"{dataSet.Name}\" is late when it is older than {Freshness.Words(given)}." : $"\"{dataSet.Name}\" is never late."));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static void Tell(Output output, Schedule schedule, string words, IReadOnlyList<Preview> fires)
    {
        output.Line($"{words} Zone {schedule.Zone.Id}.");
        if (fires.Count > 0)
        {
            output.Table(
                [$"in {schedule.Zone.Id}", "in UTC", "note"],
                fires.Select(fire => (object?[])[fire.Local.ToString("ddd yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture), fire.Utc, string.Join("; ", fire.Notes)]));
        }
        else
        {
            output.Line("It fires at no time of the clock.");
        }
    }

    private static string Words(DataSetConfigurationStore dataSets, Schedule schedule) => schedule.Recurrence is AfterRecurrence after
        ? new AfterRecurrence(dataSets.Find(after.DataSet)?.Name ?? $"{after.DataSet} (deleted)").Describe()
        : schedule.Recurrence.Describe();

    private static object AsObject(Preview fire) => new { Local = fire.Local.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture), fire.Utc, fire.Notes };

    private static object AsObject(DataSetConfigurationStore dataSets, Schedule schedule, IReadOnlyList<Preview> next) => new
    {
        schedule.Id,
        When = schedule.Recurrence.Text,
        Words = Words(dataSets, schedule),
        Zone = schedule.Zone.Id,
        schedule.Start,
        schedule.End,
        Blackout = schedule.Blackout.Select(span => span.ToString()),
        JitterSeconds = schedule.Jitter.TotalSeconds,
        Missed = ScheduleArguments.Dashed(schedule.Missed.ToString()),
        schedule.MostMissed,
        Overlap = ScheduleArguments.Dashed(schedule.Overlap.ToString()),
        schedule.IsPaused,
        Next = next.Select(AsObject),
    };

    private static Argument<string> Name() => new("name") { Description = "The DataSet's name or id." };
}
