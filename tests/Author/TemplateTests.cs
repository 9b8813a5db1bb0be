using System.IO.Compression;
using System.Text.Json;
using System.Xml.Linq;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Author;

/// <summary><c>dotnet new connector</c>, from the packed template to rows in the real executable.</summary>
[Collection(nameof(TemplateConnector))]
public sealed class TemplateTests(TemplateConnector created)
{
    [Fact]
    public async Task A_created_connector_is_listed_without_problems_under_its_own_name_and_address()
    {
        var listing = (await created.Host.RunAsync("connectors", "--json")).Ended(0).Json;

        Assert.Empty(listing.GetProperty("broken").EnumerateArray());
        var connector = Assert.Single(listing.GetProperty("connectors").EnumerateArray());
        Assert.Equal(
            (TemplateConnector.Id, "1.0.0", "Weather Stations"),
            (connector.GetProperty("id").GetString(), connector.GetProperty("version").GetString(), connector.GetProperty("name").GetString()));
        var manifest = JsonElement.Parse(await File.ReadAllTextAsync(Path.Combine(created.Project, "connector.json"), TestContext.Current.CancellationToken));
        Assert.Equal("https://weather.example/api/", manifest.GetProperty("http").GetProperty("baseAddress").GetString());
    }

    [Theory]
    [InlineData("""{}""", "[101,102,105,106,109]")]
    [InlineData("""{"report":"orders_by_status","status":"open"}""", "[102,106,109]")]
    public async Task A_created_connector_delivers_its_sample_rows(string details, string ids)
    {
        var result = (await created.Host.RunAsync("run", "--connector", TemplateConnector.Id, "--details", details, "--json")).Ended(0);

        Assert.Equal(ids, $"[{string.Join(',', Rows(result).Select(row => row.GetProperty("id").GetInt64()))}]");
    }

    [Fact]
    public async Task A_created_connector_keeps_every_value_and_reads_only_what_is_new()
    {
        (await created.Host.RunAsync("dataset", "create", "orders", "--connector", TemplateConnector.Id, "--update", "Append")).Ended(0);
        Assert.Equal(5, (await created.Host.RunAsync("dataset", "run", "orders", "--json")).Ended(0).Json.GetProperty("rowsWritten").GetInt32());
        Assert.Equal(0, (await created.Host.RunAsync("dataset", "run", "orders", "--json")).Ended(0).Json.GetProperty("rowsWritten").GetInt32());

        var rows = Rows((await created.Host.RunAsync("dataset", "rows", "orders", "--json")).Ended(0));
        Assert.Equal(["id", "customer", "status", "total", "note", "ordered_at"], rows[0].EnumerateObject().Select(column => column.Name).Take(6));
        Assert.Equal(
            [null, "", "Ordered twice", "Gift wrap 🎁", null],
            rows.Select(row => row.GetProperty("note").GetString()));
    }

    [Fact]
    public async Task The_conditional_field_is_required_where_it_is_visible()
    {
        var result = (await created.Host.RunAsync("run", "--connector", TemplateConnector.Id, "--details", """{"report":"orders_by_status"}""")).Ended(2);

        Assert.Contains("/status: Status is required.", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_package_holds_the_connector_whole_and_not_the_contract()
    {
        Assert.Equal(
            [
                "README.md", "WeatherStations.deps.json", "WeatherStations.dll", "WeatherStations.pdb", "WeatherStations.runtimeconfig.json",
                "connector.json", "details.json", "samples/open-orders.json", "samples/orders.json", "samples/samples.json",
            ],
            created.PackageFiles());
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(created.Project, "bin"), "ConnectorPlatform.Contracts*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Packed_it_is_laid_out_as_a_tool_with_the_whole_package_inside()
    {
        await using var archive = await ZipFile.OpenReadAsync(created.Archive, TestContext.Current.CancellationToken);
        var entries = archive.Entries.Select(entry => entry.FullName).ToList();
        Assert.Equal(
            created.PackageFiles().Select(file => $"tools/net10.0/any/{file}"),
            entries.Where(entry => entry.StartsWith("tools/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(entries, entry => entry.StartsWith("lib/", StringComparison.Ordinal) || entry.StartsWith("content", StringComparison.Ordinal));

        await using var stream = await archive.GetEntry($"{TemplateConnector.Id}.nuspec")!.OpenAsync(TestContext.Current.CancellationToken);
        var specification = XDocument.Load(stream).Descendants().ToLookup(element => element.Name.LocalName);
        Assert.Equal("ConnectorPlatformConnector", Assert.Single(specification["packageType"]).Attribute("name")?.Value);
        Assert.Equal((TemplateConnector.Id, "1.0.0"), (specification["id"].Single().Value, specification["version"].Single().Value));
        Assert.Empty(specification["dependency"]);
    }

    [Fact]
    public void The_template_asks_for_exactly_the_contract_that_is_here()
    {
        static XDocument Read(params string[] parts) => XDocument.Load(Repository.PathOf(["contracts", .. parts]));
        var version = Read("ConnectorPlatform.Contracts.csproj").Descendants("PackageVersion").Single().Value;
        var reference = Assert.Single(Read("template", "connector", "connector-project.csproj").Descendants("PackageReference"));

        Assert.Equal($"[{version}]", reference.Attribute("Version")?.Value);
        Assert.StartsWith(typeof(IConnector).Assembly.GetName().Version!.ToString(2), version, StringComparison.Ordinal);
        Assert.Contains($"\"contract\": \"{string.Join('.', version.Split('.')[..2])}\"", File.ReadAllText(Repository.PathOf("contracts", "template", "connector", "connector.json")), StringComparison.Ordinal);
    }

    private static List<JsonElement> Rows(ProgramResult result) => [.. result.Output.TrimEnd().Split('\n').Select(line => JsonElement.Parse(line))];
}
