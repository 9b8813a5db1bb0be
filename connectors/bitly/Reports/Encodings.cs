using System.Net;

namespace ConnectorPlatform.Connectors.Bitly.Reports;

/// <summary>Finds the Bitlinks of the account's groups that lead to the same long URL.</summary>
internal sealed class Encodings(ReportRun run)
{
    private const int MostPages = 1000;

    private IReadOnlyList<Subject>? _groups;
    private ILookup<string, BitlinkBody>? _all;

    /// <summary>All Bitlinks with the long URL of this one, itself included when it is the account's own.</summary>
    public async Task<IReadOnlyList<BitlinkBody>> FindAsync(Subject link, CancellationToken cancellationToken)
    {
        var body = link.Body ?? await LinkInformationReport.FetchAsync(run, link, cancellationToken);
        var groups = _groups ??= await FindGroupsAsync(cancellationToken);
        run.Reporter.Info(
            $"Bitly withdrew the encoders of a link with its API v3. Rebuilt from the Bitlinks with the same long URL in the {groups.Count} groups that the account's user can see; links of other accounts, and deleted ones, cannot be seen.");
        var found = new Dictionary<string, BitlinkBody>(StringComparer.Ordinal);
        foreach (var other in await ListAsync(groups, body.LongUrl, cancellationToken))
        {
            found[other.Id] = other;
        }

        // The list is searched by Bitly, which may know the link itself under another of its names.
        if (body.GroupGuid is not null)
        {
            found.TryAdd(body.Id, body);
        }

        return [.. found.Values];
    }

    private async Task<IReadOnlyList<Subject>> FindGroupsAsync(CancellationToken cancellationToken) =>
        [.. ((await run.Api.GetAsync<GroupsReply>("groups", "the account's groups", cancellationToken)).Groups ?? []).Select(group => Subject.OfGroup(group.Guid))];

    /// <summary>For one link Bitly searches; for many links whole lists are read, once.</summary>
    private async Task<IEnumerable<BitlinkBody>> ListAsync(IReadOnlyList<Subject> groups, string? longUrl, CancellationToken cancellationToken)
    {
        if (run.Details.Links != LinkChoice.One)
        {
            _all ??= (await ListFilteredAsync(groups, "", cancellationToken)).ToLookup(link => link.LongUrl ?? "", StringComparer.Ordinal);
            return _all[longUrl ?? ""];
        }

        var filter = Uri.TryCreate(longUrl, UriKind.Absolute, out var address)
            ? $"&hostname_path_query={Uri.EscapeDataString(address.Host + address.AbsolutePath.TrimEnd('/'))}"
            : "";
        return (await ListFilteredAsync(groups, filter, cancellationToken)).Where(link => link.LongUrl == longUrl);
    }

    private async Task<List<BitlinkBody>> ListFilteredAsync(IReadOnlyList<Subject> groups, string filter, CancellationToken cancellationToken)
    {
        var links = new List<BitlinkBody>();
        foreach (var group in groups)
        {
            try
            {
                links.AddRange(await new ListPages<LinkListReply, BitlinkBody>(run, group, MostPages, "links of it may be missing", filter).ReadAllAsync(cancellationToken));
            }
            catch (ConnectorException exception) when (BitlyApi.IsRefusal(exception, HttpStatusCode.Forbidden, HttpStatusCode.NotFound))
            {
                run.Reporter.Warn($"The links of {group.Name} are missing. {exception.Message}");
            }
        }

        return links;
    }
}
