using System.Globalization;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;

namespace ConnectorPlatform.Host.Cli;

/// <summary>The runs of all DataSets, those that go on and wait first, then those that ended last.</summary>
internal sealed class RunBoard(RunStore runs, DataSetConfigurationStore dataSets, int ended)
{
    private readonly Dictionary<string, string> _names = [];

    public IReadOnlyList<RunLine> Read() =>
    [
        .. runs.Unfinished().OrderBy(run => run.State == RunState.Queued).ThenBy(run => run.StartedAt)
            .Concat(runs.Ended(ended).OrderByDescending(run => run.EndedAt))
            .Select(run => RunLine.Of(run, NameOf(run.DataSetId))),
    ];

    private string NameOf(string dataSetId) =>
        _names.TryGetValue(dataSetId, out var name) ? name : _names[dataSetId] = dataSets.Find(dataSetId)?.Name ?? dataSetId;
}

/// <summary>A run in one line.</summary>
internal sealed record RunLine
{
    public required string Run { get; init; }

    public required string DataSet { get; init; }

    public required string State { get; init; }

    public required string Phase { get; init; }

    public required int Attempt { get; init; }

    public required string By { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public required long RowsRead { get; init; }

    public required long RowsWritten { get; init; }

    public required long Requests { get; init; }

    /// <summary>For rate budgets and for what the source asked to wait.</summary>
    public required string Waited { get; init; }

    /// <summary>For what it waits, or how it ended.</summary>
    public required string What { get; init; }

    public static RunLine Of(RunRecord run, string dataSet) => new()
    {
        Run = run.Id,
        DataSet = dataSet,
        State = run.State.ToString(),
        Phase = run.Phase.ToString(),
        Attempt = run.Attempts,
        By = run.Trigger.ToString(),
        StartedAt = run.StartedAt,
        EndedAt = run.EndedAt,
        RowsRead = run.Counts.RowsRead,
        RowsWritten = run.Counts.RowsWritten,
        Requests = run.Counts.Requests,
        Waited = Words(run.Counts.Waited),
        What = run switch
        {
            { WaitingFor: { } what, IsEnded: false } => $"waits for {what}",
            { Failure.Message: var message } => message,
            _ => string.Join(" ", run.Warnings),
        },
    };

    public static string Words(TimeSpan? duration) =>
        duration is { } took ? string.Create(CultureInfo.InvariantCulture, $"{took.TotalSeconds:0.0} s") : "";

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Run}  {DataSet}  {State}{(EndedAt is null ? $"  {Phase}, attempt {Attempt}" : "")}  {RowsRead} read, {RowsWritten} written, {Requests} requests, {Waited} waited{(What.Length > 0 ? $"  {What}" : "")}");
}
