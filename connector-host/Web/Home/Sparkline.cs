using System.Globalization;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Listing;

namespace ConnectorPlatform.Host.Web.Home;

/// <summary>A small picture of the last runs: a bar each, as high as the rows it wrote, coloured by how it ended; and the same in words.</summary>
/// <param name="Words">Empty when there are no runs.</param>
internal sealed record Sparkline(string Words, int Width, IReadOnlyList<SparkBar> Bars)
{
    public const int Height = 20;

    private const int Step = 7;
    private const int Shortest = 3;

    public static Sparkline Of(IReadOnlyList<RecentRun> runs)
    {
        var most = Math.Max(1, runs.Select(run => run.RowsWritten).DefaultIfEmpty().Max());
        return new Sparkline(Tell(runs), runs.Count * Step, [.. runs.Select((run, index) => Bar(run, index, most))]);
    }

    // A run that failed wrote little or nothing, and must be seen all the same.
    private static SparkBar Bar(RecentRun run, int index, long most)
    {
        var share = run.State == RunState.Failed ? 1 : Math.Clamp((double)run.RowsWritten / most, 0, 1);
        var height = Shortest + (int)Math.Round(share * (Height - Shortest));
        return new SparkBar(index * Step, Height - height, height, Site.Words.Tone(run.State));
    }

    private static string Tell(IReadOnlyList<RecentRun> runs)
    {
        if (runs.Count == 0)
        {
            return "";
        }

        var states = runs.CountBy(run => run.State).OrderByDescending(state => state.Value)
            .Select(state => string.Create(CultureInfo.InvariantCulture, $"{state.Value} {Site.Words.Of(state.Key).ToLowerInvariant()}"));
        var (least, most) = (runs.Min(run => run.RowsWritten), runs.Max(run => run.RowsWritten));
        var rows = least == most ? Site.Words.Count(most, "row") : $"{Site.Words.Count(least)} to {Site.Words.Count(most, "row")}";
        return $"{(runs.Count == 1 ? "The only run" : $"The last {runs.Count} runs")}: {string.Join(", ", states)}; {rows} written{(runs.Count == 1 ? "" : " each")}";
    }
}

internal sealed record SparkBar(int X, int Y, int Height, string Tone);
