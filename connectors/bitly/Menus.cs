using ConnectorPlatform.Connectors.Bitly.Reports;

namespace ConnectorPlatform.Connectors.Bitly;

/// <summary>The form's live menus.</summary>
internal sealed class Menus(ConnectorContext context)
{
    private readonly BitlyApi _api = new(context);

    public async Task<IReadOnlyList<MenuOption>> ReadAsync(MenuRequest request, CancellationToken cancellationToken)
    {
        var options = request.Menu switch
        {
            "groups" => await ReadGroupsAsync(cancellationToken),
            "tags" => await ReadTagsAsync(cancellationToken),
            "campaigns" => await ReadCampaignsAsync(cancellationToken),
            _ => throw new ConnectorException(FailureKind.Connector, $"Bitly has no menu \"{request.Menu}\"."),
        };
        return
        [
            .. options
                .Where(option => option.Label.Contains(request.Search ?? "", StringComparison.OrdinalIgnoreCase))
                .OrderBy(option => option.Label, StringComparer.OrdinalIgnoreCase),
        ];
    }

    private async Task<IEnumerable<MenuOption>> ReadGroupsAsync(CancellationToken cancellationToken) =>
        ((await _api.GetAsync<GroupsReply>("groups", "the account's groups", cancellationToken)).Groups ?? [])
        .Select(group => new MenuOption(group.Guid, group.Label));

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
        return (await CampaignsReport.FetchAsync(_api, group, cancellationToken))
            .Select(campaign => new MenuOption(campaign.Guid, string.IsNullOrWhiteSpace(campaign.Name) ? campaign.Guid : campaign.Name));
    }

    /// <summary>What a menu needs of details that may be half filled in.</summary>
    private sealed record Choice(string? Group);
}
