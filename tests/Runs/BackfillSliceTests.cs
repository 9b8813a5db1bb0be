using System.Runtime.CompilerServices;
using ConnectorPlatform.Host;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Http;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Backfills;
using CsCheck;

namespace ConnectorPlatform.Tests.Runs;

public sealed class BackfillSliceTests
{
    [Theory]
    [InlineData("2025-01-01", "2025-03-31", SliceUnitName.Month, "2025-01-01 to 2025-01-31|2025-02-01 to 2025-02-28|2025-03-01 to 2025-03-31")]
    [InlineData("2024-02-15", "2024-03-01", SliceUnitName.Month, "2024-02-15 to 2024-02-29|2024-03-01")]
    [InlineData("2025-12-31", "2026-01-01", SliceUnitName.Month, "2025-12-31|2026-01-01")]
    [InlineData("2024-02-28", "2024-03-01", SliceUnitName.Day, "2024-02-28|2024-02-29|2024-03-01")]
    [InlineData("2025-01-01", "2025-01-13", SliceUnitName.Week, "2025-01-01 to 2025-01-05|2025-01-06 to 2025-01-12|2025-01-13")]
    [InlineData("2025-01-05", "2025-01-05", SliceUnitName.Week, "2025-01-05")]
    [InlineData("2025-01-31", "2025-01-31", SliceUnitName.Month, "2025-01-31")]
    [InlineData("9999-12-30", "9999-12-31", SliceUnitName.Week, "9999-12-30 to 9999-12-31")]
    public void A_range_is_cut_where_the_calendars_days_weeks_and_months_end(string first, string last, SliceUnitName unit, string slices) =>
        Assert.Equal(slices.Split('|'), new DayRange(DayRange.Parse(first), DayRange.Parse(last)).Cut((SliceUnit)unit).Select(slice => slice.ToString()));

    [Fact]
    public void The_slices_cover_the_range_exactly_and_none_overlaps_another() =>
        Gen.Select(Gen.Int[0, 20_000], Gen.Int[0, 800], Gen.Enum<SliceUnit>()).Sample((start, length, unit) =>
        {
            var first = DateOnly.FromDayNumber(720_000 + start);
            var range = new DayRange(first, first.AddDays(length));

            var slices = range.Cut(unit).ToList();

            Assert.Equal((range.First, range.Last), (slices[0].First, slices[^1].Last));
            Assert.All(slices.Zip(slices.Skip(1)), pair => Assert.Equal(pair.First.Last.AddDays(1), pair.Second.First));
            Assert.All(slices, slice => Assert.InRange(slice.Days, 1, unit switch { SliceUnit.Day => 1, SliceUnit.Week => 7, _ => 31 }));
            Assert.All(slices.Skip(1), slice => Assert.True(unit switch
            {
                SliceUnit.Week => slice.First.DayOfWeek == DayOfWeek.Monday,
                SliceUnit.Month => slice.First.Day == 1,
                _ => true,
            }));
        });

    [Fact]
    public async Task The_details_of_a_slice_ask_for_its_days_as_the_connector_says()
    {
        await using var bench = await BackfillBench.StartAsync();

        var plan = await bench.PlanAsync(bench.AddDataSet(UpdateMethod.Append), "2025-01-30", "2025-02-02", SliceUnit.Month);

        Assert.Equal(
            ["""{"from":"2025-01-30","to":"2025-01-31","by_shop":false}""", """{"from":"2025-02-01","to":"2025-02-02","by_shop":false}"""],
            plan.Slices.Select(slice => slice.Details.GetRawText()));
        Assert.Null(plan.Backfill.Budget);
    }

    [Fact]
    public async Task A_users_fields_take_the_place_of_the_connectors_and_numbers_go_into_fields_of_numbers()
    {
        await using var bench = await BackfillBench.StartAsync();

        var plan = await bench.PlanAsync(bench.AddDataSet(UpdateMethod.Append), "2024-02-01", "2024-02-29", SliceUnit.Month, request => request with
        {
            Fields = new Dictionary<string, string> { ["to"] = "{until}", ["days"] = "{days}", ["by_shop"] = "true", ["/shop"] = "No. {days}" },
        });

        Assert.Equal("""{"from":"2024-02-01","to":"2024-03-01","days":29,"by_shop":true,"shop":"No. 29"}""", Assert.Single(plan.Slices).Details.GetRawText());
    }

    [Theory]
    [InlineData("2025-01-31", "2025-01-01", "", "before it begins")]
    [InlineData("2025-01-01", "2999-01-01", "", "A backfill reads the past")]
    [InlineData("2000-01-01", "2025-01-01", "", "more than 5000 slices")]
    [InlineData("2025-01-01", "2025-01-03", "shop={start}", "the field /shop is not shown with them. Shown when By Shop is on")]
    [InlineData("2025-01-01", "2025-01-03", "form={start}", "The form has no field /form")]
    [InlineData("2025-01-01", "2025-01-03", "from={begin}", "in braces may stand start, end, until or days")]
    [InlineData("1999-12-31", "2000-01-02", "", "The details of the slice 1999-12-31 are not valid. /from: From must be a day of this century.")]
    public async Task What_would_go_wrong_with_the_slices_is_told_before_anything_starts(string first, string last, string field, string told)
    {
        await using var bench = await BackfillBench.StartAsync();
        var fields = field.Split('=') is [var name, var text] ? new Dictionary<string, string> { [name] = text } : [];

        var failure = await Assert.ThrowsAnyAsync<Exception>(() =>
            bench.PlanAsync(bench.AddDataSet(UpdateMethod.Append), first, last, SliceUnit.Day, request => request with { Fields = fields }));

        Assert.True(failure is PlatformException or InvalidFormException, failure.ToString());
        Assert.Contains(told, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Slices_that_ask_for_the_same_are_refused()
    {
        await using var bench = await BackfillBench.StartAsync();
        var fields = new Dictionary<string, string> { ["from"] = "2025-01-01", ["to"] = "2025-01-02" };

        var failure = await Assert.ThrowsAsync<PlatformException>(() =>
            bench.PlanAsync(bench.AddDataSet(UpdateMethod.Append), "2025-01-01", "2025-01-02", SliceUnit.Day, request => request with { Fields = fields }));

        Assert.Contains("Several slices would ask for the same", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replace_is_refused_since_each_slice_would_take_the_place_of_all_rows()
    {
        await using var bench = await BackfillBench.StartAsync();

        var failure = await Assert.ThrowsAsync<PlatformException>(() =>
            bench.PlanAsync(bench.AddDataSet(UpdateMethod.Replace), "2025-01-01", "2025-01-31", SliceUnit.Day));

        Assert.Contains("has the update method Replace: each slice would take the place of all rows. Choose Append, Upsert or Partition", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2025-01-01", "2025-02-28", SliceUnitName.Month, true)]
    [InlineData("2025-01-02", "2025-02-28", SliceUnitName.Month, false)]
    [InlineData("2025-01-01", "2025-02-27", SliceUnitName.Month, false)]
    [InlineData("2025-01-01", "2025-01-31", SliceUnitName.Week, false)]
    public async Task A_DataSet_that_replaces_months_takes_whole_ones_alone(string first, string last, SliceUnitName unit, bool isTaken)
    {
        await using var bench = await BackfillBench.StartAsync();
        var planning = bench.PlanAsync(bench.AddDataSet(UpdateMethod.Partition, new() { Partition = new PartitionRule("day", PartitionUnit.Month) }), first, last, (SliceUnit)unit);

        if (isTaken)
        {
            Assert.NotEmpty((await planning).Slices);
        }
        else
        {
            Assert.Contains("replaces whole months", (await Assert.ThrowsAsync<PlatformException>(() => planning)).Message, StringComparison.Ordinal);
        }
    }

    /// <summary><see cref="SliceUnit"/>, as public methods may name it.</summary>
    public enum SliceUnitName
    {
        Day = SliceUnit.Day,
        Week = SliceUnit.Week,
        Month = SliceUnit.Month,
    }

    [Fact]
    public async Task No_window_sees_more_of_a_backfills_requests_than_its_budget_also_when_the_account_holds_them_back()
    {
        var clock = new Tests.Http.WaitingClock();
        var stamps = new StampedClock(clock);
        using var account = new AccountGate(maxConcurrency: 7, new RateBudget(4, 5), stamps);
        using var budget = new BackfillBudget(new RateBudget(3, 10), clock);
        var gate = budget.Before(account);
        var (own, all) = (new List<DateTimeOffset>(), new List<DateTimeOffset>());

        await clock.RunAsync(Task.WhenAll(Enumerable.Range(0, 24).Select(async request =>
        {
            var isOwn = request % 2 == 0;
            var stamp = stamps.Begin();
            using (await (isOwn ? gate : account).EnterAsync(BackfillBench.Cancellation))
            {
                lock (own)
                {
                    all.Add(stamp.Value);
                    if (isOwn)
                    {
                        own.Add(stamp.Value);
                    }
                }
            }
        })).ContinueWith(done => done.IsCompletedSuccessfully, TaskScheduler.Default));

        own.Sort();
        all.Sort();
        Assert.Equal((12, 24), (own.Count, all.Count));
        Assert.All(own.Zip(own.Skip(3)), pair => Assert.True(pair.Second - pair.First >= TimeSpan.FromSeconds(10)));
        Assert.All(all.Zip(all.Skip(4)), pair => Assert.True(pair.Second - pair.First >= TimeSpan.FromSeconds(5)));
        Assert.InRange(own[^1] - own[0], TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60));
    }

    /// <summary>
    /// A clock that keeps what it told each request last, which is when the gate admitted it: a request that read the clock by itself could read it later,
    /// when it has gone on for others.
    /// </summary>
    private sealed class StampedClock(TimeProvider clock) : TimeProvider
    {
        private readonly AsyncLocal<StrongBox<DateTimeOffset>> _stamp = new();

        public override long TimestampFrequency => clock.TimestampFrequency;

        /// <summary>Where the stamps of the caller's request go.</summary>
        public StrongBox<DateTimeOffset> Begin() => _stamp.Value = new();

        public override long GetTimestamp()
        {
            var (timestamp, now) = (clock.GetTimestamp(), clock.GetUtcNow());
            _stamp.Value?.Value = now;
            return timestamp;
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => clock.CreateTimer(callback, state, dueTime, period);
    }
}
