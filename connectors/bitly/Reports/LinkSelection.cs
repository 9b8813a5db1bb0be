using System.Text.RegularExpressions;

namespace ConnectorPlatform.Connectors.Bitly.Reports;

/// <summary>How the user says which Bitlinks a report is about.</summary>
internal enum LinkChoice
{
    One,
    List,
    Group,
    Tag,
    Campaign,
    Destination,
}

/// <summary>The Bitlinks that the user chose.</summary>
internal sealed partial class LinkSelection(ReportRun run)
{
    private const int MostPages = 100;

    public Task<IReadOnlyList<Subject>> FindAsync(LinkChoice choice, CancellationToken cancellationToken) => choice switch
    {
        LinkChoice.One => Task.FromResult<IReadOnlyList<Subject>>([Subject.OfLink(Bitlink.Normalise(run.Details.BitlyLink))]),
        LinkChoice.List => Task.FromResult(FindPasted()),
        _ => FindListedAsync(choice, cancellationToken),
    };

    private IReadOnlyList<Subject> FindPasted()
    {
        var links = new List<string>();
        ConnectorException? wrong = null;
        foreach (var text in Separators().Split(run.Details.BitlyLinks ?? "").Where(text => text.Length > 0))
        {
            try
            {
                links.Add(Bitlink.Normalise(text));
            }
            catch (ConnectorException exception)
            {
                wrong ??= exception;
                run.Reporter.Warn($"{exception.Message} It is left out.");
            }
        }

        return links.Count > 0
            ? [.. links.Distinct(StringComparer.Ordinal).Select(link => Subject.OfLink(link))]
            : throw wrong ?? new ConnectorException(FailureKind.Details, "Bitly Links is empty. Paste short links such as bit.ly/2Ab3Cd4, one in each line.");
    }

    /// <summary>Bitly's own search is narrowed down here, so that the choice means the same whatever Bitly's search finds.</summary>
    private async Task<IReadOnlyList<Subject>> FindListedAsync(LinkChoice choice, CancellationToken cancellationToken)
    {
        var group = await run.FindGroupAsync(cancellationToken);
        var (filter, isChosen, words) = Criterion(choice);
        var links = await new ListPages<LinkListReply, BitlinkBody>(run, group, MostPages, "links after these are missing", filter).ReadAllAsync(cancellationToken);
        Subject[] chosen = [.. links.Where(isChosen).DistinctBy(link => link.Id).Select(link => Subject.OfLink(link.Id) with { Body = link, Born = link.CreatedAt })];
        return chosen.Length > 0
            ? chosen
            : throw new ConnectorException(FailureKind.Details, $"The link list of {group.Name} has no Bitlink{words}. Choose others under Links.");
    }

    private (string Filter, Func<BitlinkBody, bool> IsChosen, string Words) Criterion(LinkChoice choice)
    {
        switch (choice)
        {
            case LinkChoice.Tag:
                var tag = Given(run.Details.Tag, "Tag");
                return ($"&tags={Uri.EscapeDataString(tag)}", link => link.Tags?.Contains(tag, StringComparer.OrdinalIgnoreCase) ?? false, $" with the tag \"{tag}\"");
            case LinkChoice.Campaign:
                var campaign = Given(run.Details.Campaign, "Campaign");
                return ($"&campaign_guid={Uri.EscapeDataString(campaign)}", link => link.CampaignIds?.Contains(campaign) ?? true, $" of the campaign {campaign}");
            case LinkChoice.Destination:
                var destination = Scheme().Replace(Given(run.Details.Destination, "Destination"), "").TrimEnd('/');
                return (
                    $"&hostname_path_query={Uri.EscapeDataString(destination)}",
                    link => Scheme().Replace(link.LongUrl ?? "", "").StartsWith(destination, StringComparison.OrdinalIgnoreCase),
                    $" whose destination begins with {destination}");
            default:
                return ("", _ => true, "");
        }
    }

    private static string Given(string? value, string title) => value?.Trim() is { Length: > 0 } given
        ? given
        : throw new ConnectorException(FailureKind.Details, $"{title} is empty. Fill it in, or choose other Links.");

    [GeneratedRegex(@"[\s,;]+", RegexOptions.CultureInvariant)]
    private static partial Regex Separators();

    [GeneratedRegex("^[a-z]+://", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Scheme();
}
