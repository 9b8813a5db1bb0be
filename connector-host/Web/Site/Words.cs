using System.Globalization;
using ConnectorPlatform.Host.Runs;

namespace ConnectorPlatform.Host.Web.Site;

/// <summary>How pages say states, numbers, durations and sizes.</summary>
internal static class Words
{
    private static readonly string[] SizeUnits = ["bytes", "KB", "MB", "GB", "TB"];

    public static string Of(RunState state) => state switch
    {
        RunState.SucceededWithWarnings => "Succeeded with warnings",
        RunState.Held => "Held for approval",
        _ => state.ToString(),
    };

    /// <summary>The class that colours the state.</summary>
    public static string Tone(RunState state) => state switch
    {
        RunState.Succeeded => "good",
        RunState.SucceededWithWarnings or RunState.Held => "doubtful",
        RunState.Failed => "bad",
        RunState.Running => "running",
        _ => "quiet",
    };

    public static string Of(RunPhase phase) => phase switch
    {
        RunPhase.Committing => "Storing",
        _ => phase.ToString(),
    };

    public static string Of(RunTrigger trigger) => trigger switch
    {
        RunTrigger.Manual => "By hand",
        RunTrigger.Replay => "From quarantine",
        RunTrigger.Resume => "Resumed",
        _ => trigger.ToString(),
    };

    /// <summary>Such as <c>1,234</c>.</summary>
    public static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Such as <c>1 row</c> and <c>1,234 rows</c>.</summary>
    public static string Count(long number, string noun) => $"{Count(number)} {Counted.Noun(number, noun)}";

    /// <summary>In the two greatest units, such as <c>2 min 5 s</c>.</summary>
    public static string Duration(TimeSpan time) => time switch
    {
        { TotalMilliseconds: < 1000 } => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMilliseconds} ms"),
        { TotalSeconds: < 10 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s"),
        { TotalMinutes: < 1 } => $"{time.Seconds} s",
        { TotalHours: < 1 } => InTwo((time.Minutes, "min"), (time.Seconds, "s")),
        { TotalDays: < 1 } => InTwo((time.Hours, "h"), (time.Minutes, "min")),
        _ => InTwo((time.Days, "d"), (time.Hours, "h")),
    };

    private static string InTwo((int Count, string Unit) greater, (int Count, string Unit) lesser) =>
        lesser.Count == 0 ? $"{greater.Count} {greater.Unit}" : $"{greater.Count} {greater.Unit} {lesser.Count} {lesser.Unit}";

    /// <summary>In units of 1000 bytes, such as <c>1.2 MB</c>.</summary>
    public static string Size(long bytes)
    {
        var (value, unit) = ((double)bytes, 0);
        while (value >= 1000 && unit < SizeUnits.Length - 1)
        {
            (value, unit) = (value / 1000, unit + 1);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {SizeUnits[unit]}");
    }
}
