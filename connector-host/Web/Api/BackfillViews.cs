using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using ConnectorPlatform.Host.Http;
using ConnectorPlatform.Host.Runs.Backfills;

namespace ConnectorPlatform.Host.Web.Api;

/// <summary>A past range that is to be read.</summary>
internal sealed record BackfillBody
{
    [Description("The first day.")]
    public required DateOnly From { get; init; }

    [Description("The last day, which belongs to the range.")]
    public required DateOnly To { get; init; }

    [Description("What one run reads.")]
    public required SliceUnit Slice { get; init; }

    [Description("Fields of the details and their texts, in which {start}, {end}, {until} and {days} stand for those of a slice; by default as the connector says.")]
    public IReadOnlyDictionary<string, string>? Fields { get; init; }

    [Description("The slices' own budget; by default half of what the connector declares for an account.")]
    public BackfillBudgetBody? Budget { get; init; }

    public BackfillRequest ToRequest() => new(new DayRange(From, To), Slice)
    {
        Fields = Fields ?? new Dictionary<string, string>(),
        Budget = Budget?.ToBudget(),
    };
}

/// <summary>How many requests the slices may make.</summary>
internal sealed record BackfillBudgetBody([property: Range(1, BackfillBudgetBody.MostRequests)] int Requests, [property: Range(1, BackfillBudgetBody.LongestWindow)] int PerSeconds)
{
    public const int MostRequests = 1_000_000;
    public const int LongestWindow = 2_678_400;

    /// <exception cref="PlatformException">A number is out of bounds.</exception>
    public RateBudget ToBudget() => Requests is >= 1 and <= MostRequests && PerSeconds is >= 1 and <= LongestWindow
        ? new RateBudget(Requests, PerSeconds)
        : throw new PlatformException(PlatformFault.Input, $"budget has requests from 1 to {MostRequests}, and perSeconds from 1 to {LongestWindow}.");
}

/// <summary>Which slice is to be run again.</summary>
internal sealed record SliceBody([property: Description("The slice's first day.")] DateOnly From);

/// <summary>A DataSet's latest backfill.</summary>
internal sealed record BackfillView
{
    public required string Id { get; init; }

    public required DateOnly From { get; init; }

    public required DateOnly To { get; init; }

    public required SliceUnit Slice { get; init; }

    public required BackfillState State { get; init; }

    [Description("Why it is paused.")]
    public required string? Reason { get; init; }

    public required BackfillBudgetBody? Budget { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    [Description("Oldest first.")]
    public required IReadOnlyList<SliceView> Slices { get; init; }

    public static BackfillView Of(Backfill backfill, IReadOnlyList<BackfillSlice> slices) => new()
    {
        Id = backfill.Id,
        From = backfill.Range.First,
        To = backfill.Range.Last,
        Slice = backfill.Unit,
        State = backfill.State,
        Reason = backfill.Reason,
        Budget = backfill.Budget is { } budget ? new BackfillBudgetBody(budget.Requests, budget.PerSeconds) : null,
        CreatedAt = backfill.CreatedAt,
        Slices = [.. slices.Select(SliceView.Of)],
    };
}

/// <summary>A part of a backfill, which one run reads.</summary>
internal sealed record SliceView
{
    public required DateOnly From { get; init; }

    public required DateOnly To { get; init; }

    public required SliceState State { get; init; }

    [Description("What the run asks the source for.")]
    public required JsonElement Details { get; init; }

    [Description("The last run of it; null before it has begun.")]
    public required string? Run { get; init; }

    public required long Rows { get; init; }

    public required string? Failure { get; init; }

    public static SliceView Of(BackfillSlice slice) => new()
    {
        From = slice.Range.First,
        To = slice.Range.Last,
        State = slice.State,
        Details = slice.Details,
        Run = slice.RunId,
        Rows = slice.Rows,
        Failure = slice.Failure,
    };
}
