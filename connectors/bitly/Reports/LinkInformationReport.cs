using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace ConnectorPlatform.Connectors.Bitly.Reports;

/// <summary>The fields of one Bitlink; of a Bitlink of others, those that Bitly shows to everybody.</summary>
internal sealed class LinkInformationReport() : Report(Scope.Link)
{
    public override int CountRequests(ReportRun run, IReadOnlyList<Subject> links) => links.Count(link => link.Body is null);

    public override async IAsyncEnumerable<RecordBatch> ReadAsync(
        ReportRun run, Subject subject, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var body = subject.Body ?? await FetchAsync(run, subject, cancellationToken);
        run.Step();
        yield return run.Context.Batch<Row>([Row.Of(subject.Id, body)]);
    }

    public static async Task<BitlinkBody> FetchAsync(ReportRun run, Subject subject, CancellationToken cancellationToken)
    {
        try
        {
            return await run.Api.GetAsync<BitlinkBody>(subject.Path, subject.Name, cancellationToken);
        }
        catch (ConnectorException exception) when (BitlyApi.IsRefusal(exception, HttpStatusCode.Forbidden, HttpStatusCode.NotFound))
        {
            var body = await run.Api.PostAsync<BitlinkBody>(
                "expand", new Dictionary<string, string> { ["bitlink_id"] = subject.Id }, subject.Name, cancellationToken);
            run.Reporter.Info($"{subject.Name} is not the account's own: Bitly shows only its public fields.");
            return body;
        }
    }

    internal sealed record Row
    {
        [Key]
        [Description("The Bitlink as domain/back-half.")]
        public required string Bitlink { get; init; }

        [Description("The short link.")]
        public string? Link { get; init; }

        [Description("Where the short link leads.")]
        public string? LongUrl { get; init; }

        public string? Title { get; init; }

        public DateTimeOffset? CreatedAt { get; init; }

        [Description("Login of the user who made the Bitlink.")]
        public string? CreatedBy { get; init; }

        [Description("The application with which it was made.")]
        public string? ClientId { get; init; }

        public string? GroupGuid { get; init; }

        [Description("Whether it is hidden from the group's list.")]
        public bool? Archived { get; init; }

        public bool? IsDeleted { get; init; }

        [Description("When the Bitlink stops to work; empty for never.")]
        public DateTimeOffset? ExpirationAt { get; init; }

        public IReadOnlyList<string>? Tags { get; init; }

        [Description("Back-halves of the user's own choice that lead to the same page.")]
        public IReadOnlyList<string>? CustomBitlinks { get; init; }

        public IReadOnlyList<string>? CampaignIds { get; init; }

        public IReadOnlyList<string>? LaunchpadIds { get; init; }

        public IReadOnlyList<string>? QrCodeIds { get; init; }

        [Description("Rules that open an app instead of the page.")]
        public JsonElement? Deeplinks { get; init; }

        [Description("Rules that lead to other pages by country, device or system.")]
        public JsonElement? DynamicRouting { get; init; }

        public static Row Of(string bitlink, BitlinkBody body) => new()
        {
            Bitlink = bitlink,
            Link = body.Link,
            LongUrl = body.LongUrl,
            Title = body.Title,
            CreatedAt = body.CreatedAt,
            CreatedBy = body.CreatedBy,
            ClientId = body.ClientId,
            GroupGuid = body.GroupGuid,
            Archived = body.Archived,
            IsDeleted = body.IsDeleted,
            ExpirationAt = body.ExpirationAt,
            Tags = body.Tags,
            CustomBitlinks = body.CustomBitlinks,
            CampaignIds = body.CampaignIds,
            LaunchpadIds = body.LaunchpadIds,
            QrCodeIds = body.QrCodeIds,
            Deeplinks = body.Deeplinks,
            DynamicRouting = body.DynamicRouting,
        };
    }
}
