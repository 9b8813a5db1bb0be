using ConnectorPlatform.Connectors.Bitly.Reports;

namespace ConnectorPlatform.Connectors.Bitly;

/// <summary>The form's live menus.</summary>
internal sealed class Menus(ConnectorContext context)
{
    /// <summary>The largest page of a list.</summary>
    private const int MostEntries = 100;

    /// <summary>Each group costs a request.</summary>
    private const int MostGroups = 10;

    private readonly BitlyApi _api = new(context);

    public async Task<IReadOnlyList<MenuOption>> ReadAsync(MenuRequest request, CancellationToken cancellationToken)
    {
        var search = WithoutScheme(request.Search);
        var options = request.Menu switch
        {
            "groups" => await ReadGroupsAsync(cancellationToken),
            "tags" => await ReadTagsAsync(cancellationToken),
            "campaigns" => await ReadCampaignsAsync(cancellationToken),
            "bitlinks" => await ReadBitlinksAsync(search, cancellationToken),
            "qr_codes" => await ReadQrCodesAsync(search, cancellationToken),
            "organizations" => await ReadOrganizationsAsync(cancellationToken),
            _ => throw new ConnectorException(FailureKind.Connector, $"Bitly has no menu \"{request.Menu}\"."),
        };
        return
        [
            .. options
                .Where(option => Holds(option.Label, search) || Holds(option.Description, search))
                .OrderBy(option => option.Label, StringComparer.OrdinalIgnoreCase),
        ];
    }

    private async Task<IEnumerable<MenuOption>> ReadGroupsAsync(CancellationToken cancellationToken) =>
        ((await _api.GetAsync<GroupsReply>("groups", "the account's groups", cancellationToken)).Groups ?? [])
        .Select(group => new MenuOption(group.Guid, group.Label));

    private async Task<IEnumerable<MenuOption>> ReadOrganizationsAsync(CancellationToken cancellationToken) =>
        ((await _api.GetAsync<OrganizationsReply>("organizations", "the account's organizations", cancellationToken)).Organizations ?? [])
        .Select(organization => new MenuOption(organization.Guid, organization.Label));

    /// <summary>Those of all groups, as a link may be of any of them whatever the default group is.</summary>
    private async Task<IEnumerable<MenuOption>> ReadBitlinksAsync(string search, CancellationToken cancellationToken)
    {
        var links = new List<BitlinkBody>();
        foreach (var group in (await ReadGroupsAsync(cancellationToken)).Take(MostGroups))
        {
            links.AddRange(await SearchAsync<LinkListReply, BitlinkBody>(Subject.OfGroup(group.Value), search, cancellationToken));
        }

        return links.Select(link => new MenuOption(link.Id, Label(link.Title, link.Id), link.LongUrl));
    }

    private async Task<IEnumerable<MenuOption>> ReadQrCodesAsync(string search, CancellationToken cancellationToken) =>
        (await SearchAsync<QrCodeListReply, QrCodeBody>(await FindGroupAsync(cancellationToken), search, cancellationToken))
        .Select(code => new MenuOption(code.QrCodeId, Label(code.Title, code.QrCodeId), code.LongUrls is [var first, ..] ? first : null));

    /// <summary>The newest entries of a group's list that Bitly finds.</summary>
    private async Task<IReadOnlyList<TEntry>> SearchAsync<TPage, TEntry>(Subject group, string search, CancellationToken cancellationToken)
        where TPage : IListPage<TEntry>
    {
        var query = search.Length > 0 ? $"&query={Uri.EscapeDataString(search)}" : "";
        var page = await _api.GetAsync<TPage>(
            $"{group.Path}/{TPage.Endpoint}?size={MostEntries}&archived=both{query}", $"the {TPage.Title} of {group.Name}", cancellationToken);
        return page.Entries ?? [];
    }

    private static string Label(string? title, string id) => string.IsNullOrWhiteSpace(title) ? id : $"{title} ({id})";

    private static bool Holds(string? text, string search) => text?.Contains(search, StringComparison.OrdinalIgnoreCase) ?? false;

    /// <summary>Bitly lists links without their scheme, and people paste them with it.</summary>
    private static string WithoutScheme(string? search)
    {
        var text = (search ?? "").Trim();
        return text.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme ? text[(scheme + 3)..] : text;
    }

    private async Task<Subject> FindGroupAsync(CancellationToken cancellationToken) =>
        Subject.OfGroup(await _api.FindGroupAsync(context.Read<Choice>(context.Details).Group, cancellationToken));

    private async Task<IEnumerable<MenuOption>> ReadTagsAsync(CancellationToken cancellationToken)
    {
        var group = await FindGroupAsync(cancellationToken);
        return ((await _api.GetAsync<TagsReply>($"{group.Path}/tags", $"the tags of {group.Name}", cancellationToken)).Tags ?? [])
            .Select(tag => new MenuOption(tag, tag));
    }

    private async Task<IEnumerable<MenuOption>> ReadCampaignsAsync(CancellationToken cancellationToken)
    {
        var group = await FindGroupAsync(cancellationToken);
        return (await ReportCatalog.Campaigns.FetchAsync(_api, group, cancellationToken))
            .Select(campaign => new MenuOption(campaign.Guid, string.IsNullOrWhiteSpace(campaign.Name) ? campaign.Guid : campaign.Name));
    }

    /// <summary>What a menu needs of details that may be half filled in.</summary>
    private sealed record Choice(string? Group);
}
