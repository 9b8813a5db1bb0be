using System.Globalization;

namespace ConnectorPlatform.Connectors.Bitly.Reports;

/// <summary>
/// Which units of a series earlier runs have read. Bitly counts some clicks late: either a unit is read once, when it is over and Bitly has had
/// time for them, so that no run doubles it even where rows are appended; or as soon as it is over, and again by later runs, which update its row.
/// </summary>
internal sealed class NewUnits
{
    private readonly ReportRun _run;
    private readonly Dictionary<string, Progress.Subject> _read = new(StringComparer.Ordinal);
    private readonly DateTimeOffset _now;
    private readonly bool _readsAgain;

    /// <summary>Start of the first unit that is not read yet.</summary>
    private readonly DateTimeOffset _end;

    public NewUnits(ReportRun run)
    {
        _run = run;
        var window = run.Window;
        _now = run.Context.Time.GetUtcNow();
        _readsAgain = run.Details.LateClicks == LateClicks.ReadAgain && !run.Context.IsAppendOnly;
        if (run.Details.LateClicks == LateClicks.ReadAgain && !_readsAgain)
        {
            run.Reporter.Warn("Late Clicks: units cannot be read again where rows are only added, as they would be there twice. This run waited for late clicks instead; choose Upsert to read units again.");
        }

        _end = window.Zone.StartOf(window.Unit, _readsAgain ? window.Now : window.Now - Lateness);
        if (run.Context.State is not { } state)
        {
            return;
        }

        var progress = run.Context.Read<Progress>(state);
        if (progress.Unit == Window.NameOf(window.Unit) && progress.TimeZone == window.Zone.Name)
        {
            foreach (var subject in progress.Subjects ?? [])
            {
                _read[subject.Id] = subject;
            }
        }
        else
        {
            run.Reporter.Warn("Unit or Time Zone is another than in the last run: all units are read anew.");
        }
    }

    /// <summary>For the batch with the rows of all subjects that are done.</summary>
    public object Checkpoint => new Progress(
        Window.NameOf(_run.Window.Unit), _run.Window.Zone.Name, [.. _read.Values.OrderBy(subject => subject.Id, StringComparer.Ordinal)]);

    /// <summary>How long a unit waits for its late clicks.</summary>
    private TimeSpan Lateness => IsByMinute ? TimeSpan.FromMinutes(5) : TimeSpan.FromHours(6);

    /// <summary>How far back complete units are read again.</summary>
    private TimeSpan Overlap => IsByMinute ? TimeSpan.FromMinutes(15) : TimeSpan.FromDays(1);

    /// <summary>What was read a moment ago, as by the same run before it was interrupted, is not read again.</summary>
    private TimeSpan Rest => IsByMinute ? TimeSpan.FromMinutes(1) : TimeSpan.FromMinutes(30);

    private bool IsByMinute => _run.Window.Unit == TimeUnit.Minute;

    /// <summary>Whether there is nothing to read since the last run.</summary>
    public bool HaveBeenRead(string subject) => _read.TryGetValue(subject, out var read) && read.Next >= _end && !IsDueAgain(read);

    /// <summary>What must be asked for.</summary>
    public Window WindowOf(string subject) => BeginOf(subject) is { } begin ? _run.Window.Since(begin) : _run.Window;

    public List<Point> Take(string subject, IEnumerable<Point> points)
    {
        var begin = BeginOf(subject) ?? DateTimeOffset.MinValue;
        return [.. points.Where(point => point.Start >= begin && point.Start < _end)];
    }

    public void Done(string subject)
    {
        _read[subject] = new(subject, _end, _now);
        _run.Reporter.Info(string.Create(
            CultureInfo.InvariantCulture,
            $"Read are the units that are complete, up to {_run.Window.Zone.ToLocal(_end):yyyy-MM-dd HH:mm} ({_run.Window.Zone.Name}); the next run {(_readsAgain ? "updates the last of them and goes on" : "goes on from there")}."));
    }

    /// <summary>Null where there is no earlier run.</summary>
    private DateTimeOffset? BeginOf(string subject) =>
        !_read.TryGetValue(subject, out var read) ? null
        : IsDueAgain(read) ? _run.Window.Zone.StartOf(_run.Window.Unit, read.Next - Overlap)
        : read.Next;

    private bool IsDueAgain(Progress.Subject read) => _readsAgain && (read.Read is not { } at || _now - at >= Rest);

    /// <summary>What the checkpoint holds.</summary>
    internal sealed record Progress(string? Unit, string? TimeZone, IReadOnlyList<Progress.Subject>? Subjects)
    {
        /// <param name="Id">A Bitlink, group, QR code or organization.</param>
        /// <param name="Next">Start of the first unit that is not yet read.</param>
        /// <param name="Read">When that was; null in states from before late clicks could be read again.</param>
        internal sealed record Subject(string Id, DateTimeOffset Next, DateTimeOffset? Read);
    }
}
