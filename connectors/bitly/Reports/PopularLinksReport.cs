using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace ConnectorPlatform.Connectors.Bitly.Reports;

/// <summary>A group's most-clicked Bitlinks with what the link list tells of them.</summary>
internal sealed class PopularLinksReport : Report
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

    public override async IAsyncEnumerable<RecordBatch> ReadAsync(
        ReportRun run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var group = await run.FindAsync(Scope.Group, cancellationToken);
        var links = new GroupLinks(run, group);
        var slices = run.Slices();
        for (var i = 0; i < slices.Count; i++)
        {
            var slice = slices[i];
            var reply = await run.Api.GetAsync<SortedLinksReply>(
                $"{group.Path}/bitlinks/clicks?{slice.Query}&size={Size.ToString(CultureInfo.InvariantCulture)}",
                $"the popular links of {group.Name}",
                cancellationToken);
            var sorted = (reply.SortedLinks ?? []).OrderByDescending(entry => entry.Clicks).ToList();
            links.Add(reply.Links ?? []);
            await links.FindAsync([.. sorted.Select(entry => entry.Id)], cancellationToken);
            if (sorted.Count == Size)
            {
                run.Context.Reporter.Info($"Bitly lists the {Size} most-clicked Bitlinks; there may be more.");
            }

            run.Context.Reporter.Progress(i + 1, slices.Count);
            yield return ToBatch(run, group, slice, reply, sorted, links);
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
