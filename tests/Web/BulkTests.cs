using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Tests.Web;

/// <summary>What is done to all DataSets that a list holds, also to those of its other pages.</summary>
public sealed class BulkTests : IAsyncLifetime
{
    private SiteClient _site = null!;

    public async ValueTask InitializeAsync() => _site = await SiteClient.StartAsync();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task All_that_match_are_changed_also_those_of_other_pages()
    {
        Add("Sales", 60);
        Add("Other", 1);
        var page = await _site.GetAsync("/?q=sales");
        Assert.Contains("All 60 that match", page, StringComparison.Ordinal);
        Assert.DoesNotContain("that match", await _site.GetAsync("/?q=sales%2042"), StringComparison.Ordinal);

        var (path, asked) = await _site.SubmitAsync("/bulk", ("action", "tag"), ("all", "true"), ("return", "/?q=sales&page=2"));
        Assert.Equal("/bulk/tag?all=true&return=%2F%3Fq%3Dsales%26page%3D2", path);
        Assert.Contains("Tag 60 DataSets", asked, StringComparison.Ordinal);
        var ids = _site.Part<DataSetConfigurationStore>().List().Where(dataSet => !dataSet.Name.StartsWith("Other", StringComparison.Ordinal)).Select(dataSet => ("id", dataSet.Id));
        await _site.SubmitAsync("/bulk/tag", [.. ids, ("add", "quarter"), ("return", "/?q=sales")]);
        Assert.Equal(60, _site.Part<DataSetConfigurationStore>().List().Count(dataSet => dataSet.Tags.Contains("quarter")));

        var (_, deleted) = await _site.SubmitAsync("/bulk", ("action", "delete"), ("all", "true"), ("return", "/?q=other"));
        Assert.Contains("Delete 1 DataSet?", deleted, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_than_a_thousand_are_not_changed_at_once()
    {
        Add("DataSet", 1_001);

        Assert.DoesNotContain("name=\"all\"", await _site.GetAsync("/"), StringComparison.Ordinal);
        Assert.Contains("search for fewer", await _site.SubmitWronglyAsync("/bulk", ("action", "run"), ("all", "true"), ("return", "/")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "<a class=\"button primary\" href=\"/?q=sales&amp;page=2\">Back</a>")]
    [InlineData("http://elsewhere.example", null)]
    public async Task What_cannot_be_done_leads_back_to_the_page_of_this_site_that_asked(string site, string? link)
    {
        _site.Http.DefaultRequestHeaders.Referrer = new Uri($"{(site.Length > 0 ? site : _site.Address)}/?q=sales&page=2");

        var refused = await _site.SubmitWronglyAsync("/bulk", ("action", "run"), ("return", "/"));
        Assert.Contains("No DataSet is chosen", refused, StringComparison.Ordinal);
        Assert.Equal(link is not null, refused.Contains(link ?? ">Back</a>", StringComparison.Ordinal));
    }

    private void Add(string name, int count) => _site.Part<MetadataDatabase>().Execute(
        """
        WITH RECURSIVE numbers (number) AS (VALUES (1) UNION ALL SELECT number + 1 FROM numbers WHERE number < @count)
        INSERT INTO datasets (id, name, connector, details, update_method, created_at, updated_at)
        SELECT @name || number, @name || ' ' || number, 'hello', '{}', 'Replace', '2026-03-01T00:00:00Z', '2026-03-01T00:00:00Z' FROM numbers
        """,
        new { name, count });
}
