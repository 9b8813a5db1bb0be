using System.CommandLine;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;

namespace ConnectorPlatform.Host.Cli;

/// <summary><c>dataset edit|runs|undo|cancel</c>: how rows came, how the next ones come, and how the last ones go.</summary>
internal static class DataSetHistoryCommands
{
    public static void AddTo(Command dataSet)
    {
        dataSet.Add(Edit());
        dataSet.Add(Runs());
        dataSet.Add(Undo());
        dataSet.Add(Cancel());
    }

    private static Command Edit()
    {
        var name = Options.DataSet();
        var dryRun = Options.DryRun();
        var (rules, labels) = (new RuleOptions(), new LabelOptions());
        var command = new Command("edit", "Change how runs change the rows, which tells what the next run will do with those that are there; and description and tags.") { name, dryRun };
        rules.AddTo(command);
        labels.AddTo(command);
        command.Does(async (invocation, cancellationToken) =>
        {
            var dataSet = invocation.Part<DataSetConfigurationStore>().Get(invocation.Value(name));
            var (method, changedRules) = rules.Apply(invocation, dataSet.UpdateMethod, dataSet.Rules);
            var (description, tags) = labels.Apply(invocation, new DataSetLabels(dataSet.Description, dataSet.Tags));
            var changed = dataSet with { UpdateMethod = method, Rules = changedRules, Description = description, Tags = tags };
            var edit = invocation.Part<DataSetEdit>();
            var effects = await edit.PreviewAsync(changed, cancellationToken).ConfigureAwait(false);
            var isDryRun = invocation.Value(dryRun);
            if (!isDryRun)
            {
                edit.Save(changed, ChangeOrigin.Cli);
            }

            invocation.Output.Write(new { changed.Name, changed.UpdateMethod, changed.Rules, changed.Description, changed.Tags, Effects = effects, IsChanged = !isDryRun }, () =>
            {
                invocation.Output.Line(isDryRun ? "Nothing is changed; it would be:" : $"\"{changed.Name}\" is changed.");
                invocation.Output.Line($"{dataSet.UpdateMethod} → {changed.UpdateMethod}. {string.Join(" ", effects)}");
            });
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Runs()
    {
        var name = Options.DataSet();
        var limit = new Option<int>("--limit") { Description = "The most runs to show.", DefaultValueFactory = _ => 20 };
        var command = new Command("runs", "Show what each run added, changed and removed, the newest first.") { name, limit };
        command.Does(async (invocation, cancellationToken) =>
        {
            await invocation.ReconcileAsync(cancellationToken).ConfigureAwait(false);
            var dataSet = invocation.Part<DataSetConfigurationStore>().Get(invocation.Value(name));
            var runs = invocation.Part<RunStore>().Of(dataSet.Id, invocation.Value(limit));
            invocation.Output.Write(runs.Select(RunOutput.AsObject), () => invocation.Output.Table(
                ["run", "state", "by", "started", "read", "added", "changed", "removed", "rejected", "what happened"],
                runs.Select(run => (object?[])
                [
                    run.Id, run.UndoneBy is null ? run.State.ToString() : $"{run.State}, undone", run.Trigger, run.StartedAt,
                    run.Counts.RowsRead, run.Counts.RowsWritten - run.Counts.RowsChanged, run.Counts.RowsChanged, run.Counts.RowsRemoved, run.Counts.RowsRejected,
                    run.Failure?.Message ?? string.Join(" ", run.Warnings),
                ])));
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Undo()
    {
        var name = Options.DataSet();
        var dryRun = Options.DryRun();
        var command = new Command("undo", "Take the last run back, rows and state together; again for the one before.") { name, dryRun };
        command.Does(async (invocation, cancellationToken) =>
        {
            await invocation.ReconcileAsync(cancellationToken).ConfigureAwait(false);
            var dataSet = invocation.Part<DataSetConfigurationStore>().Get(invocation.Value(name));
            var corrections = invocation.Part<RunCorrections>();
            var last = await corrections.LastRunAsync(dataSet, cancellationToken).ConfigureAwait(false);
            if (invocation.Value(dryRun))
            {
                var (written, changed, removed) = (last.Commits.Sum(commit => commit.RowsWritten), last.Commits.Sum(commit => commit.RowsChanged), last.Commits.Sum(commit => commit.RowsRemoved));
                invocation.Output.Write(new { last.RunId, RowsAdded = written - changed, RowsChanged = changed, RowsRemoved = removed }, () => invocation.Output.Line(
                    $"Nothing is changed; it would take back the run {last.RunId} of {last.Commits[^1].CommittedAt:u}: {written - changed} rows that it added go, {changed} that it changed become what they were, {removed} that it removed return."));
                return ExitCode.Success;
            }

            var undo = await corrections.UndoAsync(dataSet, last, cancellationToken).ConfigureAwait(false);
            invocation.Output.Write(new { Undone = last.RunId, Run = RunOutput.AsObject(undo) }, () => { });
            RunOutput.Tell(invocation.Output, undo);
            return ExitCode.Of(undo);
        });
        return command;
    }

    private static Command Cancel()
    {
        var name = Options.DataSet();
        var command = new Command("cancel", "Cancel the runs of a DataSet that go on or wait, in whatever process; what they committed stays.") { name };
        command.Does(async (invocation, cancellationToken) =>
        {
            await invocation.ReconcileAsync(cancellationToken).ConfigureAwait(false);
            var (runs, time) = (invocation.Part<RunStore>(), invocation.Part<TimeProvider>());
            var dataSet = invocation.Part<DataSetConfigurationStore>().Get(invocation.Value(name));
            var going = runs.Unfinished().Where(run => run.DataSetId == dataSet.Id).Select(run => run.Id).ToList();
            if (going.Count == 0)
            {
                throw new PlatformException(PlatformFault.Input, $"The DataSet \"{dataSet.Name}\" is not running.");
            }

            going.ForEach(runs.AskCancel);
            var asked = time.GetTimestamp();
            while (going.Exists(id => runs.Find(id) is { IsEnded: false }))
            {
                if (time.GetElapsedTime(asked) > TimeSpan.FromSeconds(10))
                {
                    throw new PlatformException(PlatformFault.Busy, "It was asked to cancel, and has not ended yet; see \"dataset runs\".");
                }

                await Task.Delay(TimeSpan.FromMilliseconds(100), time, cancellationToken).ConfigureAwait(false);
            }

            var ended = going.Select(id => runs.Find(id)!).ToList();
            invocation.Output.Write(ended.Select(RunOutput.AsObject), () => ended.ForEach(run => invocation.Output.Line($"The run {run.Id} has ended as {run.State}.")));
            return ExitCode.Success;
        });
        return command;
    }
}
