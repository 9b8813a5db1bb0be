using ConnectorPlatform.Host.Schedules.Timing;

namespace ConnectorPlatform.Host.Schedules;

/// <summary>
/// When something recurs. Its text is both what a person writes and what is stored: words (<c>every 2 weeks on MON at 06:00</c>),
/// a cron expression, <c>manually</c>, or <c>after DATASET</c>.
/// </summary>
internal abstract class Recurrence
{
    private const string Forms =
        "Write words, such as \"every 15 minutes between 08:00 and 18:00\" or \"every weekday at 09:00, 17:00\"; a cron expression, such as \"0 9 * * MON-FRI\"; \"manually\"; or \"after DATASET\".";

    /// <summary>The text that <see cref="Parse"/> reads again as the same.</summary>
    public abstract string Text { get; }

    /// <summary>When it recurs, in words.</summary>
    public abstract string Describe();

    /// <summary>Whether changes of the clock leave it as it is.</summary>
    public virtual bool GoesByElapsedTime => false;

    /// <summary>The times after an instant, ascending and without end unless it never recurs again; found as they are asked for.</summary>
    /// <param name="after">Not included.</param>
    /// <param name="zone">The zone of its times.</param>
    /// <param name="start">What intervals count from; null for the beginning of the year 2001.</param>
    public abstract IEnumerable<DateTimeOffset> After(DateTimeOffset after, TimeZoneInfo zone, DateTimeOffset? start);

    public override string ToString() => Text;

    /// <exception cref="PlatformException">The text cannot be read; says where and gives an example.</exception>
    public static Recurrence Parse(string text)
    {
        var trimmed = text.Trim();
        var first = trimmed.Split(' ', 2)[0].ToUpperInvariant();
        return first switch
        {
            "" => throw new PlatformException(PlatformFault.Input, $"The schedule is empty. {Forms}"),
            "MANUALLY" or "MANUAL" when first.Length == trimmed.Length => new ManualRecurrence(),
            "AFTER" when trimmed.Length > first.Length => new AfterRecurrence(trimmed[first.Length..].Trim().Trim('"')),
            "EVERY" => new WordReader(trimmed).Read(),
            _ when first[0] is '*' or '@' or '?' || char.IsAsciiDigit(first[0]) => new CronRecurrence(trimmed),
            _ => throw new PlatformException(PlatformFault.Input, $"The schedule \"{trimmed}\" cannot be read at position 1 (\"{trimmed.Split(' ')[0]}\"). {Forms}"),
        };
    }
}

/// <summary>Only when somebody asks for it.</summary>
internal sealed class ManualRecurrence : Recurrence
{
    public override string Text => "manually";

    public override string Describe() => "Only when somebody starts it.";

    public override IEnumerable<DateTimeOffset> After(DateTimeOffset after, TimeZoneInfo zone, DateTimeOffset? start) => [];
}

/// <summary>Whenever a run of another DataSet has succeeded.</summary>
/// <param name="dataSet">As the text says it; once stored, the id.</param>
internal sealed class AfterRecurrence(string dataSet) : Recurrence
{
    public string DataSet { get; } = dataSet;

    public override string Text => $"after {DataSet}";

    public override string Describe() => $"Whenever a run of the DataSet \"{DataSet}\" has succeeded.";

    public override IEnumerable<DateTimeOffset> After(DateTimeOffset after, TimeZoneInfo zone, DateTimeOffset? start) => [];
}

/// <summary>What was stored and cannot be read any more, such as a zone that the system's list has lost: it fires nothing and keeps no other schedule from firing.</summary>
internal sealed class UnreadableRecurrence(string text, string problem) : Recurrence
{
    public override string Text => text;

    public override string Describe() => $"Fires nothing, since it cannot be read: {problem} Remove it and add it again.";

    public override IEnumerable<DateTimeOffset> After(DateTimeOffset after, TimeZoneInfo zone, DateTimeOffset? start) => [];
}
