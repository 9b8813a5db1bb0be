using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.People.Storage;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Drafts;
using ConnectorPlatform.Host.Runs.Sessions;

namespace ConnectorPlatform.Tests.People;

/// <summary>What others have is not there, until it is shared.</summary>
public sealed class SharingTests : IAsyncLifetime
{
    private PeopleSite _site = null!;
    private Person _ada = null!, _bob = null!;
    private DataSetConfiguration _dataSet = null!;
    private Account _account = null!;
    private RunRecord _run = null!;
    private Draft _draft = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ShareStore Shares => _site.Part<ShareStore>();

    public async ValueTask InitializeAsync()
    {
        // Nothing listens there: a run with an account is to begin, and needs not succeed.
        _site = await PeopleSite.StartAsync(new KeyValuePair<string, string?>("Connectors:bitly:BaseAddress", "http://127.0.0.1:9/"));
        (_ada, _bob) = (_site.Add("ada", Role.Editor), _site.Add("bob", Role.Editor));
        _site.Add("root", Role.Administrator);
        Viewer.Current = new Viewer(_ada.Id, SeesAll: false);
        _account = _site.Part<AccountStore>().Add("Account of Ada", "bitly", JsonElement.Parse("""{ "access_token": "x" }"""), null);
        _dataSet = _site.Part<DataSetSetup>().AddDataSet(
            "Secret plans", _site.Part<ConnectorCatalog>().Find("hello"), AccountChoice.SampleData, JsonElement.Parse("{}"), UpdateMethod.Replace);
        _draft = _site.Part<DraftStore>().Begin("hello");
        Viewer.Current = null;
        _run = await _site.Part<RunEngine>().RunAsync(_dataSet, RunTrigger.Manual, Cancellation);
    }

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task The_change_history_names_who_made_each_change()
    {
        Shares.Give(SharedKind.DataSet, _dataSet.Id, _bob.Id, ShareLevel.Edit);
        var bob = await _site.SignInAsync("bob");
        using var saved = await bob.PostAsync($"/datasets/{_dataSet.Id}/settings/name", $"/datasets/{_dataSet.Id}/settings/name", ("version", "1"), ("name", "Open plans"), ("description", ""), ("tags", ""));
        Assert.Equal(HttpStatusCode.SeeOther, saved.StatusCode);

        var ada = await _site.SignInAsync("ada");
        Assert.Contains("<td data-label=\"Who\">bob", await ada.GetAsync($"/datasets/{_dataSet.Id}/settings"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_another_has_is_found_at_no_address()
    {
        var bob = await _site.SignInAsync("bob");
        string[] paths =
        [
            $"/datasets/{_dataSet.Id}", $"/datasets/{_dataSet.Id}/data", $"/datasets/{_dataSet.Id}/history", $"/datasets/{_dataSet.Id}/settings", $"/datasets/{_dataSet.Id}/sharing",
            $"/datasets/{_dataSet.Id}/export?format=csv", $"/runs/{_run.Id}", $"/runs/{_run.Id}/log.jsonl", $"/accounts/{_account.Id}", $"/accounts/{_account.Id}/credentials", $"/accounts/{_account.Id}/sharing",
            $"/drafts/{_draft.Id}/details", $"/api/v1/datasets/{_dataSet.Id}", "/api/v1/datasets/Secret%20plans", $"/api/v1/datasets/{_dataSet.Id}/rows", $"/api/v1/datasets/{_dataSet.Id}/export?format=csv",
            $"/api/v1/datasets/{_dataSet.Id}/schedules", $"/api/v1/runs/{_run.Id}", $"/api/v1/runs/{_run.Id}/log", $"/api/v1/runs?dataSet={_dataSet.Id}", $"/api/v1/accounts/{_account.Id}", "/api/v1/accounts/Account%20of%20Ada",
        ];

        foreach (var path in paths)
        {
            Assert.True(await bob.StatusAsync(path) == HttpStatusCode.NotFound, $"{path}: {await bob.StatusAsync(path)}");
        }
    }

    [Fact]
    public async Task What_another_has_is_in_no_list_no_count_and_no_search()
    {
        var (bob, ada, root) = (await _site.SignInAsync("bob"), await _site.SignInAsync("ada"), await _site.SignInAsync("root"));
        foreach (var path in new[] { "/", "/?q=plans", "/?connector=hello", "/runs", "/new", "/api/v1/datasets", "/api/v1/runs", "/api/v1/accounts", "/accounts" })
        {
            var text = await bob.GetAsync(path);
            Assert.DoesNotContain("Secret plans", text, StringComparison.Ordinal);
            Assert.DoesNotContain(_dataSet.Id, text, StringComparison.Ordinal);
            Assert.DoesNotContain("Account of Ada", text, StringComparison.Ordinal);
            Assert.DoesNotContain(_draft.Id, text, StringComparison.Ordinal);
        }

        Assert.Contains("There are no DataSets yet", await bob.GetAsync("/"), StringComparison.Ordinal);
        foreach (var browser in new[] { ada, root })
        {
            Assert.Contains("Secret plans", await browser.GetAsync("/"), StringComparison.Ordinal);
            Assert.Contains("Secret plans", await browser.GetAsync("/runs"), StringComparison.Ordinal);
            Assert.Contains("Account of Ada", await browser.GetAsync("/accounts"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_is_shared_to_look_at_is_seen_and_neither_run_nor_changed()
    {
        var (ada, bob) = (await _site.SignInAsync("ada"), await _site.SignInAsync("bob"));
        await ShareAsync(ada, _bob.Id, "View");

        Assert.Contains("Secret plans", await bob.GetAsync("/"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await bob.StatusAsync($"/datasets/{_dataSet.Id}/data"));
        Assert.Equal(HttpStatusCode.OK, await bob.StatusAsync($"/runs/{_run.Id}"));
        await OffersAsync(ada, isExpected: true);
        await OffersAsync(bob, isExpected: false);
        foreach (var path in new[] { $"/datasets/{_dataSet.Id}/run", $"/datasets/{_dataSet.Id}/settings/pause", $"/datasets/{_dataSet.Id}/settings/delete", $"/datasets/{_dataSet.Id}/sharing", $"/runs/{_run.Id}/cancel" })
        {
            using var refused = await bob.PostAsync("/", path, ("holder", _bob.Id), ("level", "Own"));
            Assert.True(refused.StatusCode == HttpStatusCode.Forbidden, $"{path}: {refused.StatusCode}");
        }

        foreach (var path in new[] { "/bulk/delete", "/bulk/tag" })
        {
            using var bulk = await bob.PostAsync("/", path, ("id", _dataSet.Id), ("add", "x"), ("return", "/"));
            Assert.Equal(HttpStatusCode.BadRequest, bulk.StatusCode);
        }

        Assert.NotNull(_site.Part<DataSetConfigurationStore>().FindById(_dataSet.Id));
    }

    [Fact]
    public async Task What_is_shared_to_edit_is_changed_and_run_with_its_account_and_not_deleted()
    {
        var (ada, bob) = (await _site.SignInAsync("ada"), await _site.SignInAsync("bob"));
        var dataSet = AddWithAccount();
        Shares.Give(SharedKind.DataSet, dataSet.Id, _bob.Id, ShareLevel.Edit);
        using var run = await bob.PostAsync("/", $"/datasets/{dataSet.Id}/run");
        using var deletion = await bob.PostAsync("/", $"/datasets/{dataSet.Id}/settings/delete");
        using var reconnecting = await bob.PostAsync("/", $"/accounts/{_account.Id}/rename", ("name", "mine"));

        Assert.Equal(HttpStatusCode.SeeOther, run.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await bob.StatusAsync($"/datasets/{dataSet.Id}/settings/details"));
        Assert.Equal(HttpStatusCode.Forbidden, deletion.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, reconnecting.StatusCode);
        using var own = await ada.PostAsync("/", $"/datasets/{_dataSet.Id}/settings/delete");
        Assert.Equal(HttpStatusCode.SeeOther, own.StatusCode);
    }

    [Fact]
    public async Task Another_account_is_given_only_to_a_DataSet_that_one_may_change()
    {
        var bob = await _site.SignInAsync("bob");
        var (dataSet, other) = (AddWithAccount(), _site.Part<AccountStore>().Add("Another", "bitly", JsonElement.Parse("""{ "access_token": "x" }"""), null));
        Shares.Give(SharedKind.DataSet, dataSet.Id, _bob.Id, ShareLevel.View);
        Array.ForEach([_account.Id, other.Id], id => Shares.Give(SharedKind.Account, id, _bob.Id, ShareLevel.Edit));
        var program = _site.Open();
        program.Http.DefaultRequestHeaders.Authorization = new("Bearer", _site.Part<ApiTokenStore>().Add(_bob.Id, "script", [TokenScope.Write], TimeSpan.FromDays(1)).Key);

        using var byPage = await bob.PostAsync("/", $"/accounts/{_account.Id}/move", ("to", other.Id), ("dataset", dataSet.Id));
        using var byApi = await program.Http.PostAsJsonAsync($"/api/v1/accounts/{_account.Id}/move", new { to = other.Id }, Cancellation);
        var before = _site.Part<DataSetConfigurationStore>().FindById(dataSet.Id)!.AccountId;
        Shares.Give(SharedKind.DataSet, dataSet.Id, _bob.Id, ShareLevel.Edit);
        using var allowed = await program.Http.PostAsJsonAsync($"/api/v1/accounts/{_account.Id}/move", new { to = other.Id }, Cancellation);

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest, _account.Id), (byPage.StatusCode, byApi.StatusCode, before));
        Assert.True(allowed.IsSuccessStatusCode, await allowed.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(other.Id, _site.Part<DataSetConfigurationStore>().FindById(dataSet.Id)!.AccountId);
    }

    [Fact]
    public async Task Who_removes_an_account_hears_that_others_use_it_and_not_for_what()
    {
        var ada = await _site.SignInAsync("ada");
        AddWithAccount();
        Shares.Give(SharedKind.Account, _account.Id, _bob.Id, ShareLevel.View);
        Viewer.Current = new Viewer(_bob.Id, SeesAll: false);
        _site.Part<DataSetSetup>().AddDataSet(
            "Plans of Bob", _site.Part<ConnectorCatalog>().Find("bitly"), new AccountChoice(_account), JsonElement.Parse("""{ "report": "user_clicks" }"""), UpdateMethod.Replace);
        Viewer.Current = null;

        using var refused = await ada.PostAsync("/", $"/accounts/{_account.Id}/delete");

        var text = WebUtility.HtmlDecode(await refused.Content.ReadAsStringAsync(Cancellation));
        Assert.DoesNotContain("Plans of Bob", text, StringComparison.Ordinal);
        Assert.Contains("is used by \"With an account\", a DataSet of somebody else;", text, StringComparison.Ordinal);
        Assert.NotNull(_site.Part<AccountStore>().GetById(_account.Id));
    }

    [Fact]
    public async Task A_colleague_who_is_asked_reconnects_an_account_that_they_do_not_see()
    {
        var (ada, bob) = (await _site.SignInAsync("ada"), await _site.SignInAsync("bob"));
        Viewer.Current = new Viewer(_ada.Id, SeesAll: false);
        var account = _site.Part<AccountStore>().Add("Of hello", "hello", JsonElement.Parse("""{ "access_token": "old" }"""), null);
        Viewer.Current = null;
        using var asked = await ada.PostAsync("/", $"/accounts/{account.Id}/ask");
        var link = new Uri((await asked.Content.ReadAsStringAsync(Cancellation)).Split("id=\"link\" value=\"")[1].Split('"')[0]).AbsolutePath;

        using var connected = await bob.PostAsync(link, link, ("/access_token", "new"));

        Assert.Contains("is connected", await connected.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        Assert.Equal("new", _site.Part<AccountStore>().Reveal(account, "a test").GetProperty("access_token").GetString());
        Assert.Equal(HttpStatusCode.NotFound, await bob.StatusAsync($"/accounts/{account.Id}"));
    }

    [Fact]
    public async Task A_group_has_what_is_shared_with_it_and_who_leaves_it_has_it_no_more()
    {
        var bob = await _site.SignInAsync("bob");
        var groups = _site.Part<GroupStore>();
        var group = groups.Add("Marketing");
        groups.Join(group.Id, _bob.Id);
        Shares.Give(SharedKind.DataSet, _dataSet.Id, group.Id, ShareLevel.View);
        Assert.Equal(HttpStatusCode.OK, await bob.StatusAsync($"/datasets/{_dataSet.Id}"));
        Assert.Equal(["bob"], groups.List().Single().Members);
        groups.Leave(group.Id, _bob.Id);

        Assert.Equal(HttpStatusCode.NotFound, await bob.StatusAsync($"/datasets/{_dataSet.Id}"));
    }

    [Fact]
    public async Task One_transfer_moves_what_somebody_has()
    {
        var (bob, root) = (await _site.SignInAsync("bob"), await _site.SignInAsync("root"));
        using var done = await root.PostAsync("/settings/people", $"/settings/people/{_ada.Id}/transfer", ("to", _bob.Id));

        Assert.Equal(HttpStatusCode.SeeOther, done.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await bob.StatusAsync($"/datasets/{_dataSet.Id}/sharing"));
        Assert.Equal(HttpStatusCode.OK, await bob.StatusAsync($"/accounts/{_account.Id}/sharing"));
        Assert.Equal(HttpStatusCode.NotFound, await (await _site.SignInAsync("ada")).StatusAsync($"/datasets/{_dataSet.Id}"));
    }

    [Fact]
    public async Task The_last_owner_cannot_leave_a_DataSet_without_one()
    {
        var ada = await _site.SignInAsync("ada");
        using var refused = await ada.PostAsync("/", $"/datasets/{_dataSet.Id}/sharing/{_ada.Id}/remove");

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal(ShareLevel.Own, Shares.LevelOf(SharedKind.DataSet, _dataSet.Id, _ada.Id));
    }

    [Fact]
    public async Task Who_makes_something_by_the_API_owns_it()
    {
        var bob = _site.Open();
        bob.Http.DefaultRequestHeaders.Authorization = new("Bearer", _site.Part<ApiTokenStore>().Add(_bob.Id, "script", [TokenScope.Write], TimeSpan.FromDays(1)).Key);
        using var added = await bob.Http.PostAsJsonAsync("/api/v1/datasets", new { name = "Bob's", connector = "hello" }, Cancellation);
        Assert.True(added.StatusCode == HttpStatusCode.Created, await added.Content.ReadAsStringAsync(Cancellation));
        var id = _site.Part<DataSetConfigurationStore>().Find("Bob's")!.Id;

        Assert.Equal(ShareLevel.Own, Shares.LevelOf(SharedKind.DataSet, id, _bob.Id));
        Assert.Equal(HttpStatusCode.NotFound, await (await _site.SignInAsync("ada")).StatusAsync($"/datasets/{id}"));
    }

    /// <summary>The buttons and links of the DataSet's pages, and of the account's when it is shared only to be used.</summary>
    private async Task OffersAsync(SiteBrowser browser, bool isExpected)
    {
        Shares.Give(SharedKind.Account, _account.Id, _bob.Id, ShareLevel.View);
        foreach (var (path, offer) in new[]
        {
            ($"/datasets/{_dataSet.Id}", $"action=\"/datasets/{_dataSet.Id}/run\""), ($"/datasets/{_dataSet.Id}/history", $"action=\"/datasets/{_dataSet.Id}/undo\""),
            ($"/datasets/{_dataSet.Id}/settings", $"/datasets/{_dataSet.Id}/settings/delete"), ($"/datasets/{_dataSet.Id}/settings", $"/datasets/{_dataSet.Id}/settings/name"),
            ($"/datasets/{_dataSet.Id}/settings", $"/datasets/{_dataSet.Id}/sharing"), ($"/accounts/{_account.Id}", $"/accounts/{_account.Id}/credentials"),
            ($"/accounts/{_account.Id}", $"/accounts/{_account.Id}/delete"), ($"/accounts/{_account.Id}", $"/accounts/{_account.Id}/rename"),
        })
        {
            Assert.True((await browser.GetAsync(path)).Contains(offer, StringComparison.Ordinal) == isExpected, $"{offer} on {path}");
        }
    }

    private DataSetConfiguration AddWithAccount()
    {
        Viewer.Current = new Viewer(_ada.Id, SeesAll: false);
        try
        {
            return _site.Part<DataSetSetup>().AddDataSet(
                "With an account", _site.Part<ConnectorCatalog>().Find("bitly"), new AccountChoice(_account), JsonElement.Parse("""{ "report": "user_clicks" }"""), UpdateMethod.Replace);
        }
        finally
        {
            Viewer.Current = null;
        }
    }

    private async Task ShareAsync(SiteBrowser browser, string holder, string level)
    {
        var path = $"/datasets/{_dataSet.Id}/sharing";
        using var shared = await browser.PostAsync(path, path, ("holder", holder), ("level", level));
        Assert.Equal(HttpStatusCode.SeeOther, shared.StatusCode);
    }
}
