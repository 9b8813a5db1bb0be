using System.CommandLine;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Backfills;

namespace ConnectorPlatform.Host.Cli;

/// <summary><c>dataset backfill</c>: reads a past range, slice by slice, beside the live runs.</summary>
internal static class BackfillCommands
{
    private const string Interrupted = "It was interrupted.";

    public static void AddTo(Command dataSet)
    {
        var name = new Argument<string>("name") { Description = "The DataSet's name or id." };
        var arguments = new BackfillArguments();
        var pause = new Option<bool>("--pause") { Description = "Stop the backfill once the slice that goes on has ended, in whatever process." };
        var resume = new Option<bool>("--resume") { Description = "Go on with a paused backfill, or one whose process is gone." };
        var cancel = new Option<bool>("--cancel") { Description = "End the backfill, with the slice that goes on; slices that are done stay." };
        var status = new Option<bool>("--status") { Description = "Show the latest backfill and its slices." };
        var command = new Command("backfill", "Read a past range, one run a slice; the live runs' state stays where it is.") { name, pause, resume, cancel, status };
        arguments.AddTo(command);
        command.Does(async (invocation, cancellationToken) =>
        {
            await invocation.ReconcileAsync(cancellationToken).ConfigureAwait(false);
            var dataSet = invocation.Part<DataSetConfigurationStore>().Get(invocation.Value(name));
            var here = !arguments.IsForServer(invocation);
            var control = invocation.Part<BackfillControl>();
            var again = arguments.Again(invocation);
            return (Chosen(invocation.Value(pause), invocation.Value(resume), invocation.Value(cancel), invocation.Value(status), again is not null, arguments.HasRange(invocation))) switch
            {
                0 => Tell(invocation, control.Pause(dataSet, "Somebody paused it."), "It is paused once the slice that goes on has ended."),
                1 => await GoAsync(invocation, control.Resume(dataSet, here), here, cancellationToken).ConfigureAwait(false),
                2 => Tell(invocation, control.Cancel(dataSet), "It is cancelled; slices that are done stay."),
                3 => Show(invocation, control.Last(dataSet)),
                4 => await GoAsync(invocation, control.Again(dataSet, again!.Value, here), here, cancellationToken).ConfigureAwait(false),
                _ => await StartAsync(invocation, dataSet, arguments, cancellationToken).ConfigureAwait(false),
            };
        });
        dataSet.Add(command);
    }

    /// <summary>The place of the one thing that was asked for.</summary>
    private static int Chosen(params bool[] asked) => asked.Count(one => one) == 1
        ? Array.IndexOf(asked, true)
        : throw new PlatformException(PlatformFault.Input, "Say one thing: a range with --from, --to and --slice, or --pause, --resume, --cancel, --status, or --again FROM.");

    private static async Task<int> StartAsync(Invocation invocation, DataSetConfiguration dataSet, BackfillArguments arguments, CancellationToken cancellationToken)
    {
        var plan = await invocation.Part<BackfillPlanning>().PlanAsync(dataSet, arguments.Request(invocation), cancellationToken).ConfigureAwait(false);
        if (arguments.IsDryRun(invocation))
        {
            invocation.Output.Write(AsObject(plan.Backfill, plan.Slices), () =>
            {
                invocation.Output.Line($"Nothing is run; it would be {Counted.Of(plan.Slices.Count, "slice")}, {Budget(plan.Backfill)}.");
                invocation.Output.Table(["slice", "details"], plan.Slices.Select(slice => (object?[])[slice.Range, slice.Details.GetRawText()]));
            });
            return ExitCode.Success;
        }

        var here = !arguments.IsForServer(invocation);
        invocation.Part<BackfillControl>().Start(plan, here);
        return await GoAsync(invocation, plan.Backfill, here, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<int> GoAsync(Invocation invocation, Backfill backfill, bool here, CancellationToken cancellationToken)
    {
        if (!here)
        {
            return Tell(invocation, backfill, "A server on this data folder takes it up within seconds; see --status.");
        }

        var store = invocation.Part<BackfillStore>();
        var slices = store.Slices(backfill.Id);
        invocation.Output.Error($"{slices.Count(slice => slice.State != SliceState.Done)} of {Counted.Of(slices.Count, "slice")} to run, {Budget(backfill)}. Ctrl+C pauses.");
        await invocation.Part<BackfillRunner>().ExecuteAsync(backfill.Id, slice => TellSlice(invocation, slice), Interrupted, cancellationToken).ConfigureAwait(false);

        var ended = store.Find(backfill.Id) ?? throw new PlatformException(PlatformFault.NotFound, "The DataSet was deleted meanwhile.");
        slices = store.Slices(backfill.Id);
        invocation.Output.Write(AsObject(ended, slices), () => invocation.Output.Line(
            $"{ended.State}: {slices.Count(slice => slice.State == SliceState.Done)} of {Counted.Of(slices.Count, "slice")} done, {Counted.Of(slices.Sum(slice => slice.Rows), "row")}. {ended.Reason}".TrimEnd()));
        return ended.State == BackfillState.Done ? ExitCode.Success
            : slices.LastOrDefault(slice => slice.State == SliceState.Failed) is { RunId: { } id } ? CodeOf(invocation, id)
            : ExitCode.Cancelled;
    }

    // A slice may have failed before it became a run.
    private static int CodeOf(Invocation invocation, string runId) =>
        invocation.Part<RunStore>().Find(runId) is { IsSuccess: false } run && (run.Failure is not null || run.State == RunState.Cancelled) ? ExitCode.Of(run) : ExitCode.Input;

    private static void TellSlice(Invocation invocation, BackfillSlice slice)
    {
        if (!invocation.Output.AsJson)
        {
            invocation.Output.Line($"{slice.Range}: {(slice.State == SliceState.Done ? Counted.Of(slice.Rows, "row") : $"failed: {slice.Failure}")} (run {slice.RunId})");
        }
    }

    private static int Tell(Invocation invocation, Backfill backfill, string what)
    {
        invocation.Output.Write(AsObject(backfill, invocation.Part<BackfillStore>().Slices(backfill.Id)), () => invocation.Output.Line($"The backfill over {backfill.Range}: {what}"));
        return ExitCode.Success;
    }

    private static int Show(Invocation invocation, Backfill backfill)
    {
        var slices = invocation.Part<BackfillStore>().Slices(backfill.Id);
        var isFree = invocation.Part<BackfillRunner>().IsFree(backfill);
        invocation.Output.Write(AsObject(backfill, slices), () =>
        {
            invocation.Output.Line(
                $"{backfill.Range} by {backfill.Unit.ToString().ToLowerInvariant()}, {Budget(backfill)}: {backfill.State}"
                + (isFree ? ", and no process is at it: a server takes it up, or --resume." : backfill.Reason is { } reason ? $". {reason}" : "."));
            invocation.Output.Table(
                ["slice", "state", "rows", "run", "what happened"],
                slices.Select(slice => (object?[])[slice.Range, StateOf(backfill, slice), slice.Rows, slice.RunId, slice.Failure]));
        });
        return ExitCode.Success;
    }

    // Nobody is at it: whether it is done will be asked of the ledger by whoever resumes.
    private static string StateOf(Backfill backfill, BackfillSlice slice) =>
        slice.State == SliceState.Running && backfill.Instance is null ? "Interrupted" : slice.State.ToString();

    private static string Budget(Backfill backfill) =>
        backfill.Budget is { } budget ? $"at most {Counted.Of(budget.Requests, "request")} in {Counted.Of(budget.PerSeconds, "second")}" : "no budget of its own";

    private static object AsObject(Backfill backfill, IReadOnlyList<BackfillSlice> slices) => new
    {
        backfill.Id,
        From = backfill.Range.First,
        To = backfill.Range.Last,
        Slice = backfill.Unit,
        backfill.Fields,
        backfill.Budget,
        backfill.State,
        backfill.Reason,
        backfill.CreatedAt,
        Slices = slices.Select(slice => new { From = slice.Range.First, To = slice.Range.Last, State = StateOf(backfill, slice), slice.Rows, slice.RunId, slice.Failure, slice.Details }),
    };
}
