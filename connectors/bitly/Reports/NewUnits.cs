using System.Globalization;

namespace ConnectorPlatform.Connectors.Bitly.Reports;

/// <summary>
/// Which units of a series earlier runs have read. Bitly counts some clicks late: either a unit is read once, when it is over and Bitly has had
/// time for them, so that no run doubles it even where rows are appended; or as soon as it is over, and again by later runs, which update its row.
/// </summary>
internal sealed class NewUnits
{
    private readonly ReportRun _run;
    private readonly Dictionary<string, DateTimeOffset> _next = new(StringComparer.Ordinal);

    private readonly bool _readsAgain;

    /// <summary>Start of the first unit that is not read yet.</summary>
    private readonly DateTimeOffset _end;

    public NewUnits(ReportRun run)
    {
        _run = run;
        var window = run.Window;
        _readsAgain = run.Details.LateClicks == LateClicks.ReadAgain;
        _end = window.Zone.StartOf(window.Unit, _readsAgain ? window.Now : window.Now - Lateness);
        if (run.Context.State is not { } state)
        {
            return;
        }

        var read = run.Context.Read<Progress>(state);
        if (read.Unit == Window.NameOf(window.Unit) && read.TimeZone == window.Zone.Name)
        {
            foreach (var subject in read.Subjects ?? [])
            {
                _next[subject.Id] = subject.Next;
            }
        }
        else
        {
            run.Reporter.Warn("Unit or Time Zone is another than in the last run: all units are read anew.");
        }
    }

    /// <summary>For the batch with the rows of all subjects that are done.</summary>
    public object Checkpoint => new Progress(
        Window.NameOf(_run.Window.Unit),
        _run.Window.Zone.Name,
        [.. _next.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => new Progress.Subject(entry.Key, entry.Value))]);

    /// <summary>How long a unit waits for its late clicks.</summary>
    private TimeSpan Lateness => _run.Window.Unit == TimeUnit.Minute ? TimeSpan.FromMinutes(5) : TimeSpan.FromHours(6);

    /// <summary>How far back complete units are read again.</summary>
    private TimeSpan Overlap => _run.Window.Unit == TimeUnit.Minute ? TimeSpan.FromMinutes(15) : TimeSpan.FromDays(1);

    /// <summary>Whether there is nothing to read since the last run.</summary>
    public bool HaveBeenRead(string subject) => !_readsAgain && _next.TryGetValue(subject, out var next) && next >= _end;

    /// <summary>What must be asked for.</summary>
    public Window WindowOf(string subject) => BeginOf(subject) is { } begin ? _run.Window.Since(begin) : _run.Window;

    public List<Point> Take(string subject, IEnumerable<Point> points)
    {
        var begin = BeginOf(subject) ?? DateTimeOffset.MinValue;
        return [.. points.Where(point => point.Start >= begin && point.Start < _end)];
    }

    public void Done(string subject)
    {
        _next[subject] = _end;
        _run.Reporter.Info(string.Create(
            CultureInfo.InvariantCulture,
            $"Read are the units that are complete, up to {_run.Window.Zone.ToLocal(_end):yyyy-MM-dd HH:mm} ({_run.Window.Zone.Name}); the next run {(_readsAgain ? "updates the last of them and goes on" : "goes on from there")}."));
    }

    /// <summary>Null where there is no earlier run.</summary>
    private DateTimeOffset? BeginOf(string subject) =>
        !_next.TryGetValue(subject, out var next) ? null
        : _readsAgain ? _run.Window.Zone.StartOf(_run.Window.Unit, next - Overlap)
        : next;

    /// <summary>What the checkpoint holds.</summary>
    internal sealed record Progress(string? Unit, string? TimeZone, IReadOnlyList<Progress.Subject>? Subjects)
    {
        /// <param name="Id">A Bitlink or group.</param>
        /// <param name="Next">Start of the first unit that is not yet read.</param>
        internal sealed record Subject(string Id, DateTimeOffset Next);
    }
}
