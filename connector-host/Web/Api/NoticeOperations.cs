using System.ComponentModel;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Notices;
using ConnectorPlatform.Host.Notices.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ConnectorPlatform.Host.Web.Api;

/// <summary>Who is told what happens to DataSets, and what was told.</summary>
internal sealed class NoticeOperations(
    NoticeRuleStore rules, NoticeSetup setup, NoticeCourier courier, NoticeOutbox outbox, DataSetConfigurationStore dataSets)
{
    private const string RuleId = "The rule's id or name.";

    /// <summary>Those before are swept away or not worth looking at.</summary>
    private const int MostNotices = 10_000;

    public static void Map(IEndpointRouteBuilder api)
    {
        var operations = api.ServiceProvider.GetRequiredService<NoticeOperations>();
        var group = api.MapGroup("").WithTags("Notices");
        group.MapGet("/notice-rules", operations.List).Is("listNoticeRules", "List the notice rules").Fails(StatusCodes.Status400BadRequest);
        group.MapPost("/notice-rules", operations.Add)
            .Is("addNoticeRule", "Add a notice rule", "Its secrets are written only: no answer shows them.")
            .Example(new NoticeRuleBody
            {
                Name = "Operators",
                On = [NoticeCause.FirstFailure, NoticeCause.Recovery],
                Channel = NoticeChannel.Email,
                To = ["operators@example.com"],
                From = "platform@example.com",
                Server = "mail.example.com",
            })
            .Once().Fails(StatusCodes.Status404NotFound);
        group.MapGet("/notice-rules/{rule}", operations.Show).Is("showNoticeRule", "Show a notice rule").Fails(StatusCodes.Status404NotFound);
        group.MapDelete("/notice-rules/{rule}", operations.Remove).Is("removeNoticeRule", "Remove a notice rule", "With what it has not delivered yet.").Fails(StatusCodes.Status404NotFound);
        group.MapPost("/notice-rules/{rule}/test", operations.TestAsync).Is("testNoticeRule", "Send a test notice now").Fails(StatusCodes.Status404NotFound);
        group.MapGet("/notices", operations.Notices).Is("listNotices", "List the notices", "The newest first, and what became of them.").Fails(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound);
    }

    private Ok<ListPage<NoticeRuleView>> List([AsParameters] PageQuery page) =>
        TypedResults.Ok(page.Of(rules.List().OrderBy(rule => rule.Id, StringComparer.Ordinal), rule => rule.Id, StringComparer.Ordinal).Select(NoticeRuleView.Of));

    private Created<NoticeRuleView> Add(JsonBody<NoticeRuleBody> body)
    {
        var wanted = body.Value;
        var rule = setup.Add(
            wanted.ToRule(wanted.DataSet is { } dataSet ? dataSets.Get(dataSet).Id : null),
            new NoticeSecret(wanted.Password, wanted.Url, wanted.SigningKey));
        return TypedResults.Created($"/api/v1/notice-rules/{rule.Id}", NoticeRuleView.Of(rule));
    }

    private Ok<NoticeRuleView> Show([Description(RuleId)] string rule) => TypedResults.Ok(NoticeRuleView.Of(Find(rule)));

    private NoContent Remove([Description(RuleId)] string rule)
    {
        rules.Remove(Find(rule));
        return TypedResults.NoContent();
    }

    private async Task<Ok<NoticeTestView>> TestAsync([Description(RuleId)] string rule, CancellationToken cancellationToken)
    {
        var result = await courier.TestAsync(Find(rule), cancellationToken).ConfigureAwait(false);
        return TypedResults.Ok(new NoticeTestView(result.IsDelivered, result.Answer));
    }

    private Ok<ListPage<NoticeView>> Notices([AsParameters] PageQuery page, [Description("Only those of this rule: its id or name.")] string? rule)
    {
        var newest = outbox.Newest(rule is null ? null : Find(rule).Id, MostNotices);
        var rest = page.After is { } after ? newest.SkipWhile(notice => notice.Id != after).Skip(1) : newest;
        return TypedResults.Ok(page.Of([.. rest.Take(page.Count + 1)], notice => notice.Id).Select(NoticeView.Of));
    }

    private NoticeRule Find(string rule) => rules.FindById(rule) ?? rules.Get(rule);
}
