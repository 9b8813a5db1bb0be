namespace ConnectorPlatform.Connectors.Bitly.Reports;

/// <summary>One of a group's lists, newest entries first, archived ones included.</summary>
/// <param name="run">The run that reads it.</param>
/// <param name="group">Whose list it is.</param>
/// <param name="most">How many pages to read at most.</param>
/// <param name="loss">What a list that was not read to its end means for the rows, as half a sentence.</param>
/// <param name="filter">More of the query, with its ampersand.</param>
internal sealed class ListPages<TPage, TEntry>(ReportRun run, Subject group, int most, string loss, string filter = "")
    where TPage : IListPage<TEntry>
{
    private const int PageSize = 100;

    private readonly HashSet<string> _cursors = new(StringComparer.Ordinal);
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);
    private string? _next = "";

    /// <summary>The next page; null after the last.</summary>
    public async Task<IReadOnlyList<TEntry>?> NextAsync(CancellationToken cancellationToken)
    {
        if (_next is null)
        {
            return null;
        }

        // A cursor that comes again would lead in circles.
        if (!_cursors.Add(_next) || _cursors.Count > most)
        {
            _next = null;
            run.Reporter.Warn($"The {TPage.Title} of {group.Name} was read for {_read.Count} {TPage.Noun} only; {loss}.");
            return null;
        }

        var page = await run.Api.GetAsync<TPage>(
            $"{group.Path}/{TPage.Endpoint}?size={PageSize}&archived=both{filter}" + (_next.Length > 0 ? $"&search_after={Uri.EscapeDataString(_next)}" : ""),
            $"the {TPage.Title} of {group.Name}",
            cancellationToken);
        _next = string.IsNullOrEmpty(page.Pagination?.SearchAfter) ? null : page.Pagination.SearchAfter;
        _read.UnionWith((page.Entries ?? []).Select(TPage.IdOf));
        return page.Entries ?? [];
    }

    /// <summary>All pages in one list.</summary>
    public async Task<List<TEntry>> ReadAllAsync(CancellationToken cancellationToken)
    {
        var entries = new List<TEntry>();
        while (await NextAsync(cancellationToken) is { } page)
        {
            entries.AddRange(page);
        }

        return entries;
    }
}
