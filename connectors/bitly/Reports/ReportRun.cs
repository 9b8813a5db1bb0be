using System.Globalization;

namespace ConnectorPlatform.Connectors.Bitly.Reports;

/// <summary>What a report needs while it is read.</summary>
internal sealed class ReportRun
{
    /// <summary>Each unit of a report that is not rolled up costs a request.</summary>
    private const int MostSlices = 92;

    private const int MostUnits = 10_000;

    // Bitly began in 2008.
    private const int EarliestYear = 2000;

    private Subject? _group;
    private long _expected;
    private long _done;

    public ReportRun(ConnectorContext context)
    {
        Context = context;
        Reporter = new OnceReporter(context.Reporter);
        Encodings = new Encodings(this);
        Details = context.Read<ReportDetails>(context.Details);
        Api = new BitlyApi(context) { MostRequests = Details.MostRequests };
        if (Details.Units is 0 or < -1 or > MostUnits)
        {
            throw new ConnectorException(
                FailureKind.Details, $"Number of Units is {Details.Units}. Use 1 to {MostUnits}, or -1 for all.");
        }

        var window = new Window(Details.Unit, Details.Units, ReportZone.Parse(Details.TimeZone), context.Time.GetUtcNow());
        Domains = new Domains(Details.Domains);
        Window = string.IsNullOrWhiteSpace(Details.LastDay) ? window : window.EndingWith(Day(Details.LastDay));
        NewUnits = Details is { OnlyNew: true, RollUp: not true } ? new NewUnits(this) : null;
    }

    public ConnectorContext Context { get; }

    public BitlyApi Api { get; }

    public ReportDetails Details { get; }

    public Window Window { get; }

    /// <summary>Instead of the context's own.</summary>
    public IRunReporter Reporter { get; }

    public Domains Domains { get; }

    public Encodings Encodings { get; }

    /// <summary>Null when each run reads the whole window.</summary>
    public NewUnits? NewUnits { get; }

    /// <summary>Set where the clicks of many links were read at once.</summary>
    public ClickTotals? Totals { get; set; }

    private static DateOnly Day(string text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year >= EarliestYear
        ? day
        : throw new ConnectorException(FailureKind.Details, $"Last Day is \"{text}\", which is no day since {EarliestYear}. Write it as 2025-01-31, or leave it empty.");

    public async Task<Subject> FindGroupAsync(CancellationToken cancellationToken) =>
        _group ??= Subject.OfGroup(await Api.FindGroupAsync(Details.Group, cancellationToken));

    /// <summary>The chosen organization, or that of the group.</summary>
    public async Task<Subject> FindOrganizationAsync(CancellationToken cancellationToken)
    {
        if (!string.IsNullOrWhiteSpace(Details.Organization))
        {
            return Subject.OfOrganization(Details.Organization.Trim());
        }

        var group = await FindGroupAsync(cancellationToken);
        var guid = (await Api.GetAsync<Group>(group.Path, group.Name, cancellationToken)).OrganizationGuid;
        return string.IsNullOrEmpty(guid)
            ? throw new ConnectorException(FailureKind.Details, $"Bitly tells no organization of {group.Name}. Choose an Organization.")
            : Subject.OfOrganization(guid);
    }

    /// <summary>The requests of a report that Bitly itself never splits by unit: one when rolled up (the default), else one for each unit.</summary>
    public IReadOnlyList<Slice> Slices()
    {
        if (Details.RollUp ?? true)
        {
            return [Window.Whole];
        }

        return Window.Units is >= 1 and <= MostSlices
            ? [.. Window.Slices]
            : throw new ConnectorException(
                FailureKind.Details,
                $"Without Roll Up each unit costs a request: choose a Number of Units from 1 to {MostSlices}, or turn Roll Up on.");
    }

    /// <summary>Says where Bitly, which counts these itself, cannot count by the zone's days.</summary>
    public void TellEdges()
    {
        if (Window.IsRebucketed)
        {
            Reporter.Info(
                $"Bitly counts whole UTC days: in {Window.Zone.Name} clicks near the edges of a {Window.NameOf(Window.Unit)} may be counted in its neighbour.");
        }
    }

    public void Expect(long steps) => _expected = steps;

    /// <summary>Says that one more of the expected steps is done.</summary>
    public void Step() => Reporter.Progress(++_done, _expected);
}
