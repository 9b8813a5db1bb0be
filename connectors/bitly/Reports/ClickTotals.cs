using System.Net;

namespace ConnectorPlatform.Connectors.Bitly.Reports;

/// <summary>The clicks of many Bitlinks of a group in one reply: those of its most-clicked ones, and none for all others when the list has room left.</summary>
internal sealed class ClickTotals
{
    private const int Size = 100;

    private readonly Dictionary<string, long> _clicks = [];

    private readonly bool _isWhole;

    /// <summary>The link that is asked for itself: its reply tells how far back Bitly's counts reach, which a list does not.</summary>
    private readonly string? _oldest;

    private ClickTotals(IReadOnlyList<SortedLinksReply.Entry> listed, IEnumerable<Subject> links)
    {
        foreach (var entry in listed)
        {
            _clicks[entry.Id] = entry.Clicks;
        }

        _isWhole = listed.Count < Size;
        _oldest = links.MinBy(link => link.Born)?.Id;
    }

    public static async Task<ClickTotals?> ReadAsync(ReportRun run, IReadOnlyList<Subject> links, Slice slice, CancellationToken cancellationToken)
    {
        var group = await run.FindGroupAsync(cancellationToken);
        try
        {
            var reply = await run.Api.GetAsync<SortedLinksReply>(
                $"{group.Path}/links/clicks/top?{slice.Query}&size={Size}", $"the most-clicked links of {group.Name}", cancellationToken);
            return new ClickTotals(reply.SortedLinks ?? [], links);
        }
        catch (ConnectorException exception) when (BitlyApi.IsRefusal(
            exception, HttpStatusCode.BadRequest, HttpStatusCode.PaymentRequired, HttpStatusCode.Forbidden, HttpStatusCode.NotFound))
        {
            // Each link can still be asked for itself.
            return null;
        }
    }

    /// <summary>Null where the link must be asked for.</summary>
    public long? Of(string bitlink) =>
        bitlink == _oldest ? null
        : _clicks.TryGetValue(bitlink, out var clicks) ? clicks
        : _isWhole ? 0 : null;
}
