using System.Runtime.CompilerServices;

namespace ConnectorPlatform.Connectors.Bitly.Reports;

/// <summary>
/// Who made a Bitlink of the same long URL. Bitly withdrew these reports with its API v3; they are rebuilt from the Bitlinks of all
/// groups that the account can see.
/// </summary>
/// <param name="own">The report's own columns.</param>
/// <param name="makeRows">One value for each of these columns, from the Bitlinks with the same long URL.</param>
internal sealed class EncodersReport(
    IReadOnlyList<Column> own, Func<ReportRun, IReadOnlyList<BitlinkBody>, CancellationToken, Task<IEnumerable<object?[]>>> makeRows) : Report(Scope.Link)
{
    private static readonly Column User = new("user", ColumnType.String) { Description = "Login of the user who made the link; empty where Bitly does not tell. Users of other accounts cannot be seen." };

    private static readonly Column Link = new("link", ColumnType.String) { IsKey = true, Description = "A short link of the account's groups to the same long URL." };

    private static readonly Column CreatedAt = new("created_at", ColumnType.DateTime) { Description = "When the link was made." };

    public static EncodersReport Encoders { get; } = new([User, Link, CreatedAt], (_, links, _) => Task.FromResult(
        links.Select(link => new object?[] { link.CreatedBy, link.Link ?? link.Id, link.CreatedAt })));

    public static EncodersReport ByCount { get; } = new(
        [User, Link, new Column("clicks", ColumnType.Integer) { Description = "Clicks on the link since it was made, as far back as Bitly keeps them. At least one." }, CreatedAt],
        async (run, links, cancellationToken) =>
        {
            var rows = new List<(BitlinkBody Link, long Clicks)>();
            foreach (var link in links)
            {
                rows.Add((link, await CountClicksAsync(run, link.Id, cancellationToken)));
            }

            return rows.Where(row => row.Clicks > 0)
                .OrderByDescending(row => row.Clicks)
                .Select(row => new object?[] { row.Link.CreatedBy, row.Link.Link ?? row.Link.Id, row.Clicks, row.Link.CreatedAt });
        });

    public static EncodersReport Count { get; } = new(
        [
            new Column("encoders", ColumnType.Integer) { Description = "Number of different users of the account's groups who made a link to the same long URL." },
            new Column("bitlinks", ColumnType.Integer) { Description = "Number of these links." },
        ],
        (_, links, _) => Task.FromResult<IEnumerable<object?[]>>(
            [[(long)links.Select(link => link.CreatedBy).Where(user => !string.IsNullOrEmpty(user)).Distinct(StringComparer.Ordinal).Count(), (long)links.Count]]));

    public override async IAsyncEnumerable<RecordBatch> ReadAsync(
        ReportRun run, Subject subject, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var links = await run.Encodings.FindAsync(subject, cancellationToken);
        var rows = await makeRows(run, links, cancellationToken);
        run.Step();
        yield return run.Context.BatchOfRows([subject.Column, .. own], [.. rows.Select(row => (object?[])[subject.Id, .. row])]);
    }

    private static async Task<long> CountClicksAsync(ReportRun run, string bitlink, CancellationToken cancellationToken)
    {
        var subject = Subject.OfLink(bitlink);
        var all = new Slice(TimeUnit.Day, -1);
        return (await run.Api.GetAsync<TotalReply>($"{subject.Path}/clicks/summary?{all.Query}", $"the clicks of {subject.Name}", cancellationToken)).Total;
    }
}
