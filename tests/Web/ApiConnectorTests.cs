using System.Text.Json;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Runs.Menus;
using ConnectorPlatform.Host.Runs.Sessions;

namespace ConnectorPlatform.Tests.Web;

public sealed class ApiConnectorTests : IAsyncLifetime
{
    private ApiClient _api = null!;

    public async ValueTask InitializeAsync() => _api = await ApiClient.StartAsync();

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task Connectors_are_listed_found_and_shown()
    {
        var all = (await _api.GetAsync("/connectors")).Is(200).Json.GetProperty("items");
        var found = (await _api.GetAsync("/connectors?search=clicks&category=cloud%20app")).Is(200).Json.GetProperty("items");

        Assert.Contains(all.EnumerateArray(), connector => connector.GetProperty("id").GetString() == "hello");
        Assert.Equal(["bitly"], found.EnumerateArray().Select(connector => connector.GetProperty("id").GetString()));
        Assert.Equal("Bitly", (await _api.GetAsync("/connectors/bitly")).Is(200)["name"]);
        Assert.Contains("Did you mean \"bitly\"?", (await _api.GetAsync("/connectors/bitli")).Is(404)["detail"], StringComparison.Ordinal);
        (await _api.GetAsync("/broken-packages")).Is(200);
    }

    [Fact]
    public async Task Forms_are_given_and_settled_with_the_page_s_paths_and_words()
    {
        var forms = (await _api.GetAsync("/connectors/bitly/forms")).Is(200).Json;
        var settled = (await _api.PostAsync("/connectors/bitly/forms/details/settle", new { data = new { nonsense = 1 } })).Is(200).Json;

        Assert.Equal(JsonValueKind.Object, forms.GetProperty("details").GetProperty("properties").ValueKind);
        Assert.Contains("/report", settled.GetProperty("visible").EnumerateArray().Select(pointer => pointer.GetString()));
        Assert.Contains(settled.GetProperty("errors").EnumerateArray(), error => error.GetProperty("path").GetString() == "/nonsense");
    }

    [Fact]
    public async Task Settling_credentials_does_not_echo_them()
    {
        var answer = await _api.PostAsync("/connectors/bitly/forms/credentials/settle", new { data = new { access_token = "a-very-secret-token" } });

        Assert.DoesNotContain("a-very-secret-token", answer.Is(200).Text, StringComparison.Ordinal);
        Assert.Empty(answer.Json.GetProperty("errors").EnumerateArray());
    }

    [Fact]
    public async Task Live_menus_are_read_and_unknown_ones_told()
    {
        (await _api.PostAsync("/connectors/hello/menus/nothing", new { })).Is(500);
        var options = (await _api.PostAsync("/connectors/bitly/menus/groups", new { account = "sample" })).Is(200).Json.GetProperty("options");

        Assert.NotEmpty(options.EnumerateArray());
        (await _api.PostAsync("/connectors/bitly/menus/groups", new { account = "nobody" })).Is(404);
    }

    [Fact]
    public async Task A_menu_is_remembered_for_all_who_ask_the_same()
    {
        var package = _api.Site.Part<ConnectorCatalog>().Find("bitly");
        var owner = new MenuOwner(package, AccountChoice.SampleData);
        var details = JsonElement.Parse("""{ "report": "user_clicks" }""");
        (await _api.PostAsync("/connectors/bitly/menus/groups", new { account = "sample", details, search = "" })).Is(200);

        Assert.NotNull(_api.Site.Part<LiveMenus>().Known(owner, new MenuQuestion { Menu = new LiveMenu("groups", ["report"], false, true, null), Details = details }));
        Assert.Null(_api.Site.Part<LiveMenus>().Known(owner, new MenuQuestion { Menu = new LiveMenu("groups", ["report"], false, true, null), Details = JsonElement.Parse("""{ "report": "link_clicks" }""") }));
    }
}
