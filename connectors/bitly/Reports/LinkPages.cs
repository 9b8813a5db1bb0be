namespace ConnectorPlatform.Connectors.Bitly.Reports;

/// <summary>A group's link list, newest first, archived Bitlinks included.</summary>
/// <param name="run">The run that reads it.</param>
/// <param name="group">Whose list it is.</param>
/// <param name="most">How many pages to read at most.</param>
/// <param name="loss">What a list that was not read to its end means for the rows, as half a sentence.</param>
/// <param name="filter">More of the query, with its ampersand.</param>
internal sealed class LinkPages(ReportRun run, Subject group, int most, string loss, string filter = "")
{
    private const int PageSize = 100;

    private readonly HashSet<string> _cursors = new(StringComparer.Ordinal);
    private readonly HashSet<string> _links = new(StringComparer.Ordinal);
    private string? _next = "";

    /// <summary>The next page; null after the last.</summary>
    public async Task<IReadOnlyList<BitlinkBody>?> NextAsync(CancellationToken cancellationToken)
    {
        if (_next is null)
        {
            return null;
        }

        // A cursor that comes again would lead in circles.
        if (!_cursors.Add(_next) || _cursors.Count > most)
        {
            _next = null;
            run.Reporter.Warn($"The link list of {group.Name} was read for {_links.Count} Bitlinks only; {loss}.");
            return null;
        }

        var page = await run.Api.GetAsync<LinkListReply>(
            $"{group.Path}/bitlinks?size={PageSize}&archived=both{filter}" + (_next.Length > 0 ? $"&search_after={Uri.EscapeDataString(_next)}" : ""),
            $"the link list of {group.Name}",
            cancellationToken);
        _next = string.IsNullOrEmpty(page.Pagination?.SearchAfter) ? null : page.Pagination.SearchAfter;
        _links.UnionWith((page.Links ?? []).Select(link => link.Id));
        return page.Links ?? [];
    }

    /// <summary>All pages in one list.</summary>
    public async Task<List<BitlinkBody>> ReadAllAsync(CancellationToken cancellationToken)
    {
        var links = new List<BitlinkBody>();
        while (await NextAsync(cancellationToken) is { } page)
        {
            links.AddRange(page);
        }

        return links;
    }
}
