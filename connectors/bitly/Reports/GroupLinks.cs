namespace ConnectorPlatform.Connectors.Bitly.Reports;

/// <summary>The Bitlinks of a group as far as they were read: given with other replies, or from the group's list, page by page as needed.</summary>
internal sealed class GroupLinks(ReportRun run, Subject group)
{
    /// <summary>Reading a long list for the sake of a few titles would eat the account's requests.</summary>
    private const int MostPages = 20;

    private readonly Dictionary<string, BitlinkBody> _links = new(StringComparer.Ordinal);
    private readonly ListPages<LinkListReply, BitlinkBody> _pages = new(run, group, MostPages, "some titles and addresses are empty");

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
        while (!ids.All(_links.ContainsKey) && await _pages.NextAsync(cancellationToken) is { } page)
        {
            Add(page);
        }
    }
}
