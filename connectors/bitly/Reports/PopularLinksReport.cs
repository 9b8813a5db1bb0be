using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace ConnectorPlatform.Connectors.Bitly.Reports;

/// <summary>A group's most-clicked Bitlinks with what the link list tells of them.</summary>
/// <param name="isRestricted">Whether only links to the user's own domains are listed; Bitly itself knew these until its API v3 ended.</param>
internal sealed class PopularLinksReport(bool isRestricted) : Report(Scope.Group)
{
    /// <summary>Bitly's maximum.</summary>
    private const int Size = 100;

    private static readonly Column[] Own =
    [
        new("rank", ColumnType.Integer) { Description = "1 for the most-clicked Bitlink." },
        new("bitlink", ColumnType.String) { IsKey = true, Description = "The Bitlink as domain/back-half." },
        new("link", ColumnType.String) { Description = "The short link." },
        Columns.Clicks,
        new("title", ColumnType.String),
        new("long_url", ColumnType.String) { Description = "Where the short link leads." },
        new("created_at", ColumnType.DateTime),
        new("tags", ColumnType.Json),
    ];

    public override int Steps(ReportRun run) => run.Slices().Count;

    public override async IAsyncEnumerable<RecordBatch> ReadAsync(
        ReportRun run, Subject group, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var links = new GroupLinks(run, group);
        var slices = run.Slices();
        run.TellEdges();
        if (isRestricted)
        {
            run.Reporter.Info(
                "Bitly withdrew Popular Owned by Clicks, and tracking domains, with its API v3. Computed instead: the group's most-clicked Bitlinks, restricted to those whose long URL is on one of the Domains. Links of other groups cannot be seen.");
        }

        foreach (var slice in slices)
        {
            var reply = await run.Api.GetAsync<SortedLinksReply>(
                $"{group.Path}/bitlinks/clicks?{slice.Query}&size={Size.ToString(CultureInfo.InvariantCulture)}",
                $"the popular links of {group.Name}",
                cancellationToken);
            var sorted = (reply.SortedLinks ?? []).OrderByDescending(entry => entry.Clicks).ToList();
            links.Add(reply.Links ?? []);
            await links.FindAsync([.. sorted.Select(entry => entry.Id)], cancellationToken);
            TellMore(run, sorted.Count);
            if (isRestricted)
            {
                sorted.RemoveAll(entry => !run.Domains.Hold(links[entry.Id]?.LongUrl));
            }

            run.Step();
            yield return ToBatch(run, group, slice, reply, sorted, links);
        }
    }

    private void TellMore(ReportRun run, int listed)
    {
        if (listed == Size && isRestricted && run.Domains.IsLimited)
        {
            run.Reporter.Warn($"Bitly lists a group's {Size} most-clicked Bitlinks only: links to {run.Domains} with fewer clicks than these may be missing.");
        }
        else if (listed == Size)
        {
            run.Reporter.Info($"Bitly lists the {Size} most-clicked Bitlinks; there may be more.");
        }
    }

    private static RecordBatch ToBatch(
        ReportRun run, Subject group, Slice slice, SortedLinksReply reply, List<SortedLinksReply.Entry> sorted, GroupLinks links)
    {
        var table = new Table(run, group, byDate: slice.Date is not null, Own);
        for (var i = 0; i < sorted.Count; i++)
        {
            var (id, clicks) = sorted[i];
            var link = links[id];
            table.Add(
                slice, reply, slice.Date,
                i + 1, id, link?.Link ?? $"https://{id}", clicks, link?.Title, link?.LongUrl, link?.CreatedAt,
                link?.Tags is { } tags ? JsonSerializer.Serialize(tags) : null);
        }

        return table.ToBatch();
    }
}
