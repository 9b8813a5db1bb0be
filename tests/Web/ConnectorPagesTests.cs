using System.Net;
using System.Text.Json;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Connectors.Packages;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Sessions;

namespace ConnectorPlatform.Tests.Web;

public sealed class ConnectorPagesTests : IAsyncLifetime
{
    private SiteClient _site = null!;

    public async ValueTask InitializeAsync() => _site = await SiteClient.StartAsync();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task The_gallery_shows_connectors_by_category_and_finds_them()
    {
        var all = await _site.GetAsync("/connectors");
        Assert.Contains("Cloud App", all, StringComparison.Ordinal);
        Assert.Contains("href=\"/connectors/bitly\"", all, StringComparison.Ordinal);
        Assert.Contains("href=\"/new?connector=hello\"", all, StringComparison.Ordinal);

        var found = await _site.GetAsync("/connectors?q=countries+clicks");
        Assert.Contains("href=\"/connectors/bitly\"", found, StringComparison.Ordinal);
        Assert.DoesNotContain("href=\"/connectors/hello\"", found, StringComparison.Ordinal);
        Assert.DoesNotContain("href=\"/connectors/bitly\"", await _site.GetAsync("/connectors?category=Examples"), StringComparison.Ordinal);
        Assert.Contains("No connector is found", await _site.GetAsync("/connectors?q=nothing-of-the-kind"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connectors_page_tells_its_reports_what_it_needs_and_its_versions()
    {
        var page = await _site.GetAsync("/connectors/bitly");
        Assert.Contains("Reports (36)", page, StringComparison.Ordinal);
        Assert.Contains("Link Referrers by Domain", page, StringComparison.Ordinal);
        Assert.Contains("Access token", page, StringComparison.Ordinal);
        Assert.Contains("api-ssl.bitly.com", page, StringComparison.Ordinal);
        Assert.Contains("href=\"https://dev.bitly.com/api-reference\"", page, StringComparison.Ordinal);
        Assert.Contains("<span class=\"state good\">Active</span>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_icon_is_an_image_that_can_do_nothing_and_what_is_not_there_is_told()
    {
        using var icon = await _site.Http.GetAsync("/connectors/bitly/icon", TestContext.Current.CancellationToken);
        Assert.Equal("image/svg+xml", icon.Content.Headers.ContentType!.MediaType);
        Assert.Contains("sandbox", Assert.Single(icon.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        await _site.GetAsync("/connectors/hello/icon", HttpStatusCode.NotFound);
        Assert.Contains("no such connector", await _site.GetAsync("/connectors/nobody", HttpStatusCode.NotFound), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_package_is_shown_with_its_reasons_as_text()
    {
        var folder = Path.Combine(_site.Part<ConnectorSettings>().DropIn(_site.DataFolder), "broken");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "connector.json"), """{ "id": "broken", "name": "<b>Broken</b>" }""", TestContext.Current.CancellationToken);
        await _site.Part<SourceScan>().StartAsync(TestContext.Current.CancellationToken);

        var page = await _site.GetAsync("/connectors");
        Assert.Contains("Packages that cannot be used", page, StringComparison.Ordinal);
        Assert.Contains("connector.json", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>Broken", page, StringComparison.Ordinal);
        Assert.Contains("What cannot be used, and why", await _site.GetAsync("/connectors/broken"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disabled_connector_leaves_the_gallery_and_is_enabled_again_on_its_page()
    {
        var (_, disabled) = await _site.SubmitAsync("/connectors/hello/versions", ("action", "disable"));
        Assert.Contains("The connector is disabled", disabled, StringComparison.Ordinal);
        Assert.Contains("<a href=\"/connectors/hello\">hello</a>: Disabled", await _site.GetAsync("/connectors"), StringComparison.Ordinal);

        await _site.SubmitAsync("/connectors/hello/versions", ("action", "enable"));
        Assert.NotNull(_site.Part<ConnectorCatalog>().Find("hello"));
        await _site.SubmitWronglyAsync("/connectors/hello/versions", ("action", "explode"));
    }

    [Fact]
    public async Task A_DataSet_whose_connector_cannot_be_used_says_so_and_offers_nothing_that_needs_it()
    {
        var dataSet = _site.Part<DataSetSetup>().AddDataSet("Greetings", _site.Part<ConnectorCatalog>().Find("hello"), AccountChoice.SampleData, JsonElement.Parse("{}"), UpdateMethod.Replace);
        var path = $"/datasets/{dataSet.Id}";
        Assert.Contains($"action=\"{path}/run\"", await _site.GetAsync(path), StringComparison.Ordinal);
        await _site.SubmitAsync("/connectors/hello/versions", ("action", "disable"));

        var overview = await _site.GetAsync(path);
        Assert.Contains("The connector hello cannot be used now", overview, StringComparison.Ordinal);
        Assert.DoesNotContain($"action=\"{path}/run\"", overview, StringComparison.Ordinal);
        var settings = await _site.GetAsync($"{path}/settings");
        Assert.DoesNotContain($"{path}/settings/details\"", settings, StringComparison.Ordinal);
        Assert.Contains($"{path}/settings/scheduling\"", settings, StringComparison.Ordinal);
    }
}
