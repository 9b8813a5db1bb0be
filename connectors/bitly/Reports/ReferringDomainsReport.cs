using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;

namespace ConnectorPlatform.Connectors.Bitly.Reports;

/// <summary>The domains from which a group's links were clicked. Bitly tells them for one link only, so those of the most-clicked links are summed.</summary>
internal sealed class ReferringDomainsReport() : Report(Scope.Group)
{
    /// <summary>Each link costs a request for each unit.</summary>
    private const int MostLinks = 50;

    /// <summary>More than there are countries, and than a link has referring domains as a rule.</summary>
    private const int Size = 1000;

    private static readonly Column Clicks = new("clicks", ColumnType.Integer)
    {
        Description = $"Number of clicks on the group's {MostLinks} most-clicked Bitlinks of the period; the run says how much of all clicks that is.",
    };

    public override int Steps(ReportRun run) => run.Slices().Count;

    public override async IAsyncEnumerable<RecordBatch> ReadAsync(
        ReportRun run, Subject subject, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var slices = run.Slices();
        run.TellEdges();
        run.Reporter.Info(
            $"Bitly has no referring domains of a group. Summed over its {MostLinks} most-clicked Bitlinks: up to {MostLinks + 2} requests for each of {slices.Count} results.");
        var (counted, all) = (0L, 0L);
        foreach (var slice in slices)
        {
            var top = await run.Api.GetAsync<SortedLinksReply>(
                $"{subject.Path}/bitlinks/clicks?{slice.Query}&size={MostLinks}", $"the popular links of {subject.Name}", cancellationToken);
            var links = (top.SortedLinks ?? []).OrderByDescending(link => link.Clicks).Take(MostLinks).ToList();
            var domains = await SumAsync(run, links, slice, cancellationToken);
            counted += domains.Values.Sum();
            all += links.Count < MostLinks
                ? links.Sum(link => link.Clicks)
                : Math.Max(links.Sum(link => link.Clicks), await CountAllAsync(run, subject, slice, cancellationToken));

            var table = new Table(run, subject, byDate: slice.Date is not null, Columns.Domain, Clicks);
            foreach (var (domain, clicks) in domains.OrderByDescending(entry => entry.Value))
            {
                table.Add(slice, top, slice.Date, domain, clicks);
            }

            run.Step();
            yield return table.ToBatch();
        }

        TellShare(run, subject, counted, all);
    }

    private static async Task<Dictionary<string, long>> SumAsync(
        ReportRun run, List<SortedLinksReply.Entry> links, Slice slice, CancellationToken cancellationToken)
    {
        var domains = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var link in links.Where(link => link.Clicks > 0).Select(link => Subject.OfLink(link.Id)))
        {
            try
            {
                var reply = await run.Api.GetAsync<MetricsReply>(
                    $"{link.Path}/referring_domains?{slice.Query}&size={Size.ToString(CultureInfo.InvariantCulture)}", $"the referring domains of {link.Name}", cancellationToken);
                foreach (var metric in reply.Metrics ?? [])
                {
                    domains[metric.Value ?? ""] = domains.GetValueOrDefault(metric.Value ?? "") + metric.Clicks;
                }
            }
            catch (ConnectorException exception) when (BitlyApi.IsRefusal(exception, HttpStatusCode.Forbidden, HttpStatusCode.NotFound, HttpStatusCode.Gone))
            {
                run.Reporter.Warn($"{link.Name} is left out. {exception.Message}");
            }
        }

        return domains;
    }

    /// <summary>A group's clicks by country add up to all its clicks, on every plan.</summary>
    private static async Task<long> CountAllAsync(ReportRun run, Subject group, Slice slice, CancellationToken cancellationToken) =>
        ((await run.Api.GetAsync<MetricsReply>(
            $"{group.Path}/countries?{slice.Query}&size={Size.ToString(CultureInfo.InvariantCulture)}", $"the clicks of {group.Name}", cancellationToken)).Metrics ?? [])
        .Sum(metric => metric.Clicks);

    private static void TellShare(ReportRun run, Subject group, long counted, long all)
    {
        if (counted < all)
        {
            run.Reporter.Warn(string.Create(
                CultureInfo.InvariantCulture,
                $"The referring domains cover {counted:N0} of the {all:N0} clicks of {group.Name} ({Math.Floor(100m * counted / all)} %): those on its {MostLinks} most-clicked Bitlinks. Clicks on the others are missing."));
        }
        else
        {
            run.Reporter.Info($"The referring domains cover all clicks of {group.Name}.");
        }
    }
}
