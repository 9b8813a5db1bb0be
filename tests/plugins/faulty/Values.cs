namespace ConnectorPlatform.Connectors;

/// <summary>The faults of single values.</summary>
internal static class Values
{
    public static decimal? Amount(string? fault, decimal? amount) => fault switch
    {
        "decimal-through-double" => (decimal?)(double?)amount,
        "decimal-rounded" => amount is { } some ? Math.Round(some, 2) : null,
        "null-is-zero" => amount ?? 0,
        _ => amount,
    };

    public static decimal? Sum(string? fault, decimal? amount, decimal? fee) =>
        fault == "sum-through-double" ? (decimal?)((double?)amount + (double?)fee) : amount + fee;

    public static double? Rate(string? fault, double? rate) => fault switch
    {
        "double-through-float" => (float?)rate,
        "loses-negative-zero" => rate + 0.0,
        _ => rate,
    };

    public static DateOnly? Day(string? fault, DateOnly? day) => fault switch
    {
        "first-day-is-null" when day == default(DateOnly) => null,
        "null-is-first-day" => day ?? default(DateOnly),
        "day-of-old-clock" when day is { Year: < 1970 } => new DateOnly(1970, 1, 1),
        "no-leap-day" when day is { Month: 2, Day: 29 } leap => leap.AddDays(1),
        "local-day" when day is { } some => DateOnly.FromDateTime(new DateTimeOffset(some.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).LocalDateTime),
        _ => day,
    };
}
