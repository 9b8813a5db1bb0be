using System.Text.Json;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Accounts.Invitations;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.DataSets.Storage;
using ConnectorPlatform.Host.Notices;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.People.Storage;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Drafts;
using ConnectorPlatform.Host.Runs.Sessions;
using ConnectorPlatform.Host.Schedules;
using ConnectorPlatform.Tests.DataSets;
using ConnectorPlatform.Tests.Web;

namespace ConnectorPlatform.Tests.Browser;

/// <summary>A site in which everything has been used: good, failed and held runs, accounts, and names that are markup, quotes and other directions of writing.</summary>
internal static class DressedSite
{
    /// <summary>Stands in an account; no page may ever show it.</summary>
    public const string Canary = "canary-8c1f0e77-of-an-account";

    public const string HostileName = "<img src=x onerror=alert(1)> & \"quotes\" 'single' {{ 7*7 }} " + TurnedEnd;

    /// <summary>Writes from right to left until something holds it back.</summary>
    public const string TurnedEnd = "\u202Eflow";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <returns>Pages that no link leads to.</returns>
    public static async Task<IReadOnlyList<string>> DressAsync(SiteClient site, Person person)
    {
        site.Part<AccountStore>().Add(HostileName, "bitly", JsonElement.Parse($$"""{ "access_token": "{{Canary}}" }"""), HostileName);
        await FillAsync(site, HostileName, "hello", "{}");
        var clicks = await FillAsync(site, "Link clicks", "bitly", """{ "report": "link_clicks", "bitly_link": "https://go.example.com/2FNvHP8" }""");
        await HoldAsync(site);
        await FailAsync(site);
        await FillWithHostileRowsAsync(site);
        return [.. AddPeople(site, clicks, person), .. BeginDraft(site)];
    }

    /// <summary>A group, a share, a token, a schedule, a rule of notices, and links that were sent to others.</summary>
    private static IEnumerable<string> AddPeople(SiteClient site, DataSetConfiguration dataSet, Person person)
    {
        var (_, key) = site.Part<PeopleSetup>().Invite(HostileName, Role.Viewer);
        var group = site.Part<GroupStore>().Add(HostileName);
        site.Part<GroupStore>().Join(group.Id, person.Id);
        site.Part<ShareStore>().Give(SharedKind.DataSet, dataSet.Id, group.Id, ShareLevel.View);
        site.Part<ApiTokenStore>().Add(person.Id, HostileName, [TokenScope.Read], ApiTokenStore.UsualLifetime);
        site.Part<ScheduleStore>().Add(new Schedule
        {
            Id = Guid.CreateVersion7().ToString("N"),
            DataSetId = dataSet.Id,
            Recurrence = Recurrence.Parse("every day at 06:00"),
            Zone = TimeZoneInfo.Utc,
            CreatedAt = DateTimeOffset.UtcNow,
        });
        site.Part<NoticeSetup>().Add(
            new NoticeRule { Id = "", Name = HostileName, Causes = [NoticeCause.Failure], Channel = NoticeChannel.Slack, Target = new NoticeTarget(), CreatedAt = default },
            new NoticeSecret(Url: "https://hooks.example.com/services/a-secret-path"));
        return [$"/welcome/{key}", $"/connect/{site.Part<InvitationStore>().Issue("bitly", null).Token}"];
    }

    private static IEnumerable<string> BeginDraft(SiteClient site)
    {
        var draft = site.Part<DraftStore>().Begin("bitly", Account.Sample);
        site.Part<DraftStore>().Change(draft.Id, begun => begun with { Details = JsonElement.Parse("""{ "report": "user_clicks", "unit": "day", "units": 30, "time_zone": "America/New_York" }""") });
        return new[] { "credentials", "details", "scheduling", "name" }.Select(pane => $"/drafts/{draft.Id}/{pane}");
    }

    /// <summary>Columns and values as a hostile source sends them: markup, formulas, other directions of writing, and a text of a megabyte.</summary>
    private static async Task FillWithHostileRowsAsync(SiteClient site)
    {
        var package = site.Part<ConnectorCatalog>().Find("hello");
        var dataSet = site.Part<DataSetSetup>().AddDataSet("A DataSet of hostile rows", package, AccountChoice.SampleData, JsonElement.Parse("{}"), UpdateMethod.Append);
        using var lease = await site.Part<DataSetFiles>().OpenAsync(dataSet.Id, Cancellation);
        using var writer = new DataSetWriter(lease.File, new WriterOptions
        {
            RunId = "hostile",
            Fence = site.Part<DataSetConfigurationStore>().NextFence(dataSet.Id),
            UpdateMethod = UpdateMethod.Append,
            Time = TimeProvider.System,
        });
        Column[] columns = [new(HostileName, ColumnType.String) { Description = HostileName }, new("second", ColumnType.String)];
        writer.Append(StoreFixture.Rows(columns, [HostileName, "=1+1"], ["</script><script>alert(1)</script>", new string('x', 1 << 20)], ["\u202E\u2066\0", "@SUM(A1)"]));
        writer.Commit(isFinal: true);
    }

    private static async Task<DataSetConfiguration> FillAsync(SiteClient site, string name, string connector, string details)
    {
        var package = site.Part<ConnectorCatalog>().Find(connector);
        var dataSet = site.Part<DataSetSetup>().AddDataSet(name, package, AccountChoice.SampleData, JsonElement.Parse(details), UpdateMethod.Replace);
        await site.Part<RunEngine>().RunAsync(dataSet, RunTrigger.Manual, Cancellation);
        return dataSet;
    }

    /// <summary>Another report brings columns that its safeguard lets nobody add unasked.</summary>
    private static async Task HoldAsync(SiteClient site)
    {
        var dataSet = await FillAsync(site, "Held report", "bitly", """{ "report": "link_clicks", "bitly_link": "https://go.example.com/2FNvHP8" }""");
        var changed = dataSet with
        {
            Details = JsonElement.Parse("""{ "report": "link_countries", "bitly_link": "https://go.example.com/2FNvHP8" }"""),
            Rules = new DataSetRules { Safeguards = new Safeguards { AddedColumns = SafeguardAction.Hold } },
        };
        changed = site.Part<DataSetEdit>().Save(changed, ChangeOrigin.Page);
        var run = await site.Part<RunEngine>().RunAsync(changed, RunTrigger.Manual, Cancellation);
        Assert.Equal(RunState.Held, run.State);
    }

    /// <summary>A report that the sample data does not answer.</summary>
    private static async Task FailAsync(SiteClient site)
    {
        var dataSet = await FillAsync(site, "Unknown link", "bitly", """{ "report": "link_clicks", "bitly_link": "bit.ly/nowhere" }""");
        Assert.Equal(RunState.Failed, site.Part<RunStore>().Last(dataSet.Id)!.State);
    }
}
