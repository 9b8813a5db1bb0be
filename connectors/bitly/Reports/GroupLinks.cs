namespace ConnectorPlatform.Connectors.Bitly.Reports;

/// <summary>The Bitlinks of a group as far as they were read: given with other replies, or from the group's list, page by page as needed.</summary>
internal sealed class GroupLinks(ReportRun run, Subject group)
{
    private const int PageSize = 100;

    /// <summary>Reading a long list for the sake of a few titles would eat the account's requests.</summary>
    private const int MostPages = 20;

    private readonly Dictionary<string, BitlinkBody> _links = new(StringComparer.Ordinal);
    private readonly HashSet<string> _cursors = new(StringComparer.Ordinal);
    private string? _next = "";

    public BitlinkBody? this[string id] => _links.GetValueOrDefault(id);

    public void Add(IEnumerable<BitlinkBody> links)
    {
        foreach (var link in links)
        {
            _links[link.Id] = link;
        }
    }

    /// <summary>Reads on until all these are there or the list ends.</summary>
    public async Task FindAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        while (_next is not null && !ids.All(_links.ContainsKey))
        {
            // A cursor that comes again would lead in circles.
            if (!_cursors.Add(_next) || _cursors.Count > MostPages)
            {
                _next = null;
                run.Context.Reporter.Warn(
                    $"The link list of {group.Name} was read for {_links.Count} Bitlinks only; some titles and addresses are empty.");
                return;
            }

            var page = await run.Api.GetAsync<LinkListReply>(
                $"{group.Path}/bitlinks?size={PageSize}&archived=both" + (_next.Length > 0 ? $"&search_after={Uri.EscapeDataString(_next)}" : ""),
                $"the link list of {group.Name}",
                cancellationToken);
            Add(page.Links ?? []);
            _next = string.IsNullOrEmpty(page.Pagination?.SearchAfter) ? null : page.Pagination.SearchAfter;
        }
    }
}
