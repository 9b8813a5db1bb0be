using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Notices;
using ConnectorPlatform.Host.Notices.Storage;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.Settings;

/// <summary>Who is told what happens to DataSets, and what became of the last notices.</summary>
internal sealed class NoticePages(
    SiteRenderer site, NoticeRuleStore rules, NoticeSetup setup, NoticeCourier courier, NoticeOutbox outbox, DataSetConfigurationStore dataSets)
{
    private const string Path = "/settings/notices";
    private const int NoticesShown = 50;

    public static void Map(IEndpointRouteBuilder server)
    {
        var pages = server.ServiceProvider.GetRequiredService<NoticePages>();
        server.MapMethods(Path, Pages.Reading, pages.Show);
        server.MapMethods($"{Path}/new", Pages.Reading, (HttpContext context) => pages.Form(context, new NoticeForm(), NoticeTrouble.None));
        server.MapPost($"{Path}/new", pages.AddAsync);
        server.MapPost($"{Path}/{{id}}/test", pages.TestAsync);
        server.MapPost($"{Path}/{{id}}/remove", pages.Remove);
    }

    private IResult Show(HttpContext context)
    {
        var stored = rules.List();
        var names = stored.ToDictionary(rule => rule.Id, rule => rule.Name);
        return SettingsPages.Page(site, context, Path, "settings-notices", new
        {
            Rules = stored.Select(rule => new
            {
                rule.Id,
                rule.Name,
                Channel = NoticeForm.TitleOf(rule.Channel),
                To = rule.Target.Origin ?? string.Join(", ", rule.Target.To),
                DataSetId = rule.DataSetId ?? "",
                DataSet = rule.DataSetId is { } id ? dataSets.FindById(id)?.Name ?? "" : "",
                On = rule.Causes.Select(NoticeForm.TitleOf).ToList(),
            }).ToList(),
            Notices = outbox.Newest(null, NoticesShown).Select(notice => new
            {
                notice.CreatedAt,
                Rule = names.GetValueOrDefault(notice.RuleId) ?? "",
                Headline = NoticeTexts.Headline(notice),
                State = notice.State == NoticeState.GivenUp ? "Given up" : notice.State.ToString(),
                Tone = notice.State switch { NoticeState.Delivered => "good", NoticeState.GivenUp => "bad", _ => "running" },
                Attempts = Words.Count(notice.Attempts),
                Next = notice.State == NoticeState.Waiting ? notice.DueAt : (DateTimeOffset?)null,
                Answer = notice.Answer ?? "",
            }).ToList(),
        });
    }

    private IResult Form(HttpContext context, NoticeForm form, NoticeTrouble trouble) => SettingsPages.Page(
        site,
        context,
        Path,
        "settings-notice-new",
        new { Form = form.ToModel(), Trouble = trouble, Errors = trouble.Links },
        trouble.Message.Length == 0 ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);

    private async Task<IResult> AddAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var posted = await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        var form = NoticeForm.Read(posted);
        if (form.DataSet.Length > 0 && dataSets.Find(form.DataSet) is null)
        {
            return Form(context, form, new NoticeTrouble("dataSet", $"There is no DataSet \"{form.DataSet}\"."));
        }

        try
        {
            var dataSetId = form.DataSet.Length == 0 ? null : dataSets.Get(form.DataSet).Id;
            var rule = setup.Add(form.ToRule(dataSetId), NoticeForm.ReadSecret(posted));
            return site.Redirect(context, Path, $"The rule \"{rule.Name}\" is added. Send a test to see whether it arrives.");
        }
        catch (PlatformException exception) when (exception.Fault == PlatformFault.Input)
        {
            return Form(context, form, new NoticeTrouble(exception.Field ?? "", exception.Message));
        }
    }

    private async Task<IResult> TestAsync(HttpContext context, string id, CancellationToken cancellationToken)
    {
        var result = await courier.TestAsync(Find(id), cancellationToken).ConfigureAwait(false);
        return site.Redirect(context, Path, $"{(result.IsDelivered ? "The test was delivered" : "The test was not delivered")}: {result.Answer}");
    }

    private IResult Remove(HttpContext context, string id)
    {
        var rule = Find(id);
        rules.Remove(rule);
        return site.Redirect(context, Path, $"The rule \"{rule.Name}\" is removed.");
    }

    private NoticeRule Find(string id) =>
        rules.FindById(id) ?? throw new PlatformException(PlatformFault.NotFound, "There is no such notice rule; it may have been removed.");
}
