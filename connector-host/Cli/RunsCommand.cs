using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;

namespace ConnectorPlatform.Host.Cli;

/// <summary><c>runs</c>: the runs of all DataSets as they go on, what each did when, and its log.</summary>
internal static class RunsCommand
{
    private static readonly JsonSerializerOptions JsonLine = new(Output.JsonLine) { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static void AddTo(Command root)
    {
        var watch = new Option<bool>("--watch") { Description = "Show it anew every second until Ctrl+C; not at a terminal, write what changes line by line." };
        var all = new Option<bool>("--all") { Description = "Show every ended run that is kept, not only the last." };
        var limit = new Option<int>("--limit") { Description = "How many ended runs to show.", DefaultValueFactory = _ => 10 };
        var command = new Command("runs", "Show what goes on, what waits and for what, and which runs ended last.") { watch, all, limit, Show(), Log() };
        command.Does(async (invocation, cancellationToken) =>
        {
            if (invocation.Value(limit) < 0)
            {
                throw new PlatformException(PlatformFault.Input, "--limit must not be negative.");
            }

            var board = new RunBoard(invocation.Part<RunStore>(), invocation.Part<DataSetConfigurationStore>(), invocation.Value(all) ? int.MaxValue : invocation.Value(limit));
            if (invocation.Value(watch))
            {
                await WatchAsync(invocation, board, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await invocation.ReconcileAsync(cancellationToken).ConfigureAwait(false);
                var lines = board.Read();
                invocation.Output.Write(lines, () => Write(invocation.Output, lines));
            }

            return ExitCode.Success;
        });
        root.Add(command);
    }

    private static async Task WatchAsync(Invocation invocation, RunBoard board, CancellationToken cancellationToken)
    {
        var (output, time) = (invocation.Output, invocation.Part<TimeProvider>());
        var isTerminal = !Console.IsOutputRedirected && !output.AsJson;
        var seen = new Dictionary<string, RunLine>();
        while (!cancellationToken.IsCancellationRequested)
        {
            await invocation.ReconcileAsync(cancellationToken).ConfigureAwait(false);
            var lines = board.Read();
            if (isTerminal)
            {
                // To the first place, and what is below goes.
                output.Standard.Write("\e[H\e[J");
                Write(output, lines);
            }
            else
            {
                WriteChanges(output, lines, seen);
            }

            await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static void WriteChanges(Output output, IReadOnlyList<RunLine> lines, Dictionary<string, RunLine> seen)
    {
        foreach (var line in lines.Where(line => seen.GetValueOrDefault(line.Run) != line).Reverse())
        {
            seen[line.Run] = line;
            output.Line(output.AsJson ? JsonSerializer.Serialize(line, JsonLine) : line.ToString());
        }

        output.Standard.Flush();
        foreach (var gone in seen.Keys.Except(lines.Select(line => line.Run)).ToList())
        {
            seen.Remove(gone);
        }
    }

    private static void Write(Output output, IReadOnlyList<RunLine> lines)
    {
        output.Line(string.Create(CultureInfo.InvariantCulture, $"Running: {lines.Count(line => line.State == "Running")}, waiting for their turn: {lines.Count(line => line.State == "Queued")}."));
        output.Table(
            ["run", "dataset", "state", "phase", "attempt", "by", "started", "read", "written", "requests", "waited", "what happens"],
            lines.Select(line => (object?[])
            [
                line.Run, line.DataSet, line.State, line.Phase, line.Attempt, line.By, line.StartedAt, line.RowsRead, line.RowsWritten, line.Requests, line.Waited, line.What,
            ]));
    }

    private static Command Show()
    {
        var run = Run();
        var command = new Command("show", "Show one run: its configuration, phases with times, attempts and counts.") { run };
        command.Does(async (invocation, cancellationToken) =>
        {
            await invocation.ReconcileAsync(cancellationToken).ConfigureAwait(false);
            var record = Find(invocation, invocation.Value(run));
            invocation.Output.Write(RunOutput.AsObject(record), () =>
            {
                var output = invocation.Output;
                output.Line($"{record.Id}: {RunLine.Of(record, NameOf(invocation, record)).What}");
                output.Line($"by {record.Trigger}{(record.Resumes is { } before ? $", for the interrupted run {before}" : "")}, connector version {record.ConnectorVersion}, {record.UpdateMethod}, details {record.Details.GetRawText()}");
                output.Table(
                    ["attempt", "phase", "began", "ended", "took"],
                    PhaseTime.Of(record).Select(phase => (object?[])
                        [phase.Attempt, phase.Phase, phase.BeganAt, phase.EndedAt, RunLine.Words(phase.EndedAt - phase.BeganAt)]));
                output.Table(["attempt", "failed at", "kind", "why", "next at"], record.Tries.Select(failed => (object?[])
                    [failed.Number, failed.EndedAt, failed.Kind, failed.Message, failed.NextAt]));
            });
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Log()
    {
        var run = Run();
        var command = new Command("log", "Show the log of a run.") { run };
        command.Does((invocation, _) =>
        {
            var record = Find(invocation, invocation.Value(run));
            foreach (var line in RunLogFile.Lines(invocation.Part<RunEngine>().LogOf(record.Id)))
            {
                invocation.Output.Line(invocation.Output.AsJson ? line : Text(line));
            }

            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static string Text(string line) => RunLogFile.Parse(line) is { At: { } at } entry
        ? string.Create(CultureInfo.InvariantCulture, $"{at:yyyy-MM-dd HH:mm:ss.fff}  {entry.Level,-5}  {entry.Message}")
        : line;

    private static Argument<string> Run() => new("run") { Description = "The run's id, or a DataSet, for its last run." };

    private static RunRecord Find(Invocation invocation, string run) =>
        invocation.Part<RunStore>().Find(run)
        ?? (invocation.Part<DataSetConfigurationStore>().Find(run) is { } dataSet ? invocation.Part<RunStore>().Last(dataSet.Id) : null)
        ?? throw new PlatformException(PlatformFault.NotFound, $"There is no run \"{run}\", and no DataSet of that name that has run. See \"runs\" or \"dataset runs\".");

    private static string NameOf(Invocation invocation, RunRecord run) => invocation.Part<DataSetConfigurationStore>().Find(run.DataSetId)?.Name ?? run.DataSetId;
}
