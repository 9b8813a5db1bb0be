using System.CommandLine;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.DataSets.Storage;
using ConnectorPlatform.Host.Runs;

namespace ConnectorPlatform.Host.Cli;

/// <summary><c>dataset approve|reject|quarantine</c>: runs and records that wait for a person.</summary>
internal static class DataSetApprovalCommands
{
    private const int RowsShown = 20;

    public static void AddTo(Command dataSet)
    {
        dataSet.Add(Approve());
        dataSet.Add(Reject());
        dataSet.Add(Quarantine());
    }

    private static Command Approve()
    {
        var name = Options.DataSet();
        var dryRun = Options.DryRun();
        var command = new Command("approve", "Publish the run that a safeguard holds; with --dry-run look at it first.") { name, dryRun };
        command.Does(async (invocation, cancellationToken) =>
        {
            var (dataSet, held) = await HeldAsync(invocation, name, cancellationToken).ConfigureAwait(false);
            if (invocation.Value(dryRun))
            {
                await ShowAsync(invocation, dataSet, held, cancellationToken).ConfigureAwait(false);
                return ExitCode.Success;
            }

            var approved = await invocation.Part<RunCorrections>().ApproveAsync(dataSet, held, cancellationToken).ConfigureAwait(false);
            invocation.Output.Write(RunOutput.AsObject(approved), () => invocation.Output.Line(
                $"The run {approved.Id} is published: {Counted.Of(approved.Counts.RowsWritten, "row")} written, {approved.Counts.RowsRemoved} removed."));
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Reject()
    {
        var name = Options.DataSet();
        var command = new Command("reject", "Drop the run that a safeguard holds; the DataSet stays as it is.") { name };
        command.Does(async (invocation, cancellationToken) =>
        {
            var (dataSet, held) = await HeldAsync(invocation, name, cancellationToken).ConfigureAwait(false);
            var rejected = await invocation.Part<RunCorrections>().RejectAsync(dataSet, held, cancellationToken).ConfigureAwait(false);
            invocation.Output.Write(RunOutput.AsObject(rejected), () => invocation.Output.Line(
                $"The run {rejected.Id} is dropped. What it read is read again by the next run: mend the source, or change the safeguard with \"dataset edit\"."));
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Quarantine()
    {
        var name = Options.DataSet();
        var limit = new Option<int>("--limit") { Description = "The most records to show.", DefaultValueFactory = _ => RowsShown };
        var replay = new Option<bool>("--replay") { Description = "Store those that can be stored by the DataSet's present rules." };
        var discard = new Option<bool>("--discard") { Description = "Forget them for ever." };
        var command = new Command("quarantine", "Show the records that could not be stored, and why.") { name, limit, replay, discard };
        command.Does(async (invocation, cancellationToken) =>
        {
            await invocation.ReconcileAsync(cancellationToken).ConfigureAwait(false);
            var dataSet = invocation.Part<DataSetConfigurationStore>().Get(invocation.Value(name));
            var corrections = invocation.Part<RunCorrections>();
            switch (invocation.Value(replay), invocation.Value(discard))
            {
                case (true, true):
                    throw new PlatformException(PlatformFault.Input, "--replay and --discard exclude each other.");
                case (true, false):
                    var run = await corrections.ReplayAsync(dataSet, cancellationToken).ConfigureAwait(false);
                    invocation.Output.Write(RunOutput.AsObject(run), () => { });
                    RunOutput.Tell(invocation.Output, run);
                    return ExitCode.Of(run);
                case (false, true):
                    var count = await corrections.DiscardQuarantineAsync(dataSet, cancellationToken).ConfigureAwait(false);
                    invocation.Output.Write(new { Discarded = count }, () => invocation.Output.Line($"{Counted.Of(count, "record")} {(count == 1 ? "is" : "are")} forgotten."));
                    return ExitCode.Success;
                default:
                    await ListAsync(invocation, dataSet, invocation.Value(limit), cancellationToken).ConfigureAwait(false);
                    return ExitCode.Success;
            }
        });
        return command;
    }

    private static async Task ListAsync(Invocation invocation, DataSetConfiguration dataSet, int limit, CancellationToken cancellationToken)
    {
        using var lease = await invocation.Part<DataSetFiles>().OpenAsync(dataSet.Id, cancellationToken).ConfigureAwait(false);
        var (rows, total) = lease.Reader.Quarantine(Math.Max(limit, 0));
        invocation.Output.Write(new { Total = total, Records = rows.Select(row => new { row.Number, row.RunId, row.ReadAt, row.Reason, Values = row.Values.ToDictionary() }) }, () =>
        {
            invocation.Output.Line(total == 0 ? $"The quarantine of \"{dataSet.Name}\" is empty." : $"{Counted.Of(total, "record")} could not be stored.");
            invocation.Output.Table(
                ["number", "run", "read", "why", "record"],
                rows.Select(row => (object?[])[row.Number, row.RunId, row.ReadAt, row.Reason, string.Join(", ", row.Values.Select(value => $"{value.Key}={value.Value ?? "null"}"))]));
        });
    }

    private static async Task<(DataSetConfiguration DataSet, RunRecord Held)> HeldAsync(Invocation invocation, Argument<string> name, CancellationToken cancellationToken)
    {
        await invocation.ReconcileAsync(cancellationToken).ConfigureAwait(false);
        var dataSet = invocation.Part<DataSetConfigurationStore>().Get(invocation.Value(name));
        return (dataSet, invocation.Part<RunCorrections>().HeldRun(dataSet));
    }

    private static async Task ShowAsync(Invocation invocation, DataSetConfiguration dataSet, RunRecord held, CancellationToken cancellationToken)
    {
        using var lease = await invocation.Part<DataSetFiles>().OpenAsync(dataSet.Id, cancellationToken).ConfigureAwait(false);
        var run = lease.Reader.Held() ?? throw new PlatformException(PlatformFault.Busy, $"The run {held.Id} does not wait for approval any more.");
        var changes = ColumnMerge.Of(lease.Reader.Columns(), run.Arrival.Columns).Changes;
        invocation.Output.Error($"The run {run.RunId} waits since {run.HeldAt:u} with {Counted.Of(run.Arrival.Count, "record")}; the DataSet has {Counted.Of(lease.Reader.Count(), "row")} ({held.UpdateMethod}).");
        foreach (var line in run.Reasons.Concat(run.Arrival.Columns.Count == 0 ? [] : changes.Select(change => change.ToString())).Distinct())
        {
            invocation.Output.Error(line);
        }

        RowOutput.Write(invocation.Output, lease.Reader.HeldPage(0, RowsShown));
    }
}
