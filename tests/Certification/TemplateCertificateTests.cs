using ConnectorPlatform.Tests.Author;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Certification;

/// <summary>Where the author's guide ends: what the template made is judged, and its file is handed to somebody else.</summary>
[Collection(nameof(TemplateConnector))]
public sealed class TemplateCertificateTests(TemplateConnector created) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>A host that knows no other connectors.</summary>
    private HostProgram Host => new(_folder.File("data"))
    {
        Environment = { ["Connectors__Folders__0"] = Directory.CreateDirectory(_folder.File("none")).FullName },
    };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_created_connector_is_gold_and_its_samples_show_all_that_its_form_and_columns_have()
    {
        var certificate = (await Host.RunAsync("certify", created.Package, "--json")).Ended(0).Json;

        Assert.Equal("Gold", certificate.GetProperty("level").GetString());
        Assert.Equal(
            ["forms.menus", "records.doubles", "records.dates", "records.booleans"],
            certificate.GetProperty("checks").EnumerateArray().Where(check => check.GetProperty("verdict").GetString() != "Passed").Select(check => check.GetProperty("id").GetString()));
    }

    [Fact]
    public async Task Its_packed_file_is_installed_runs_and_is_judged_by_its_id_in_a_data_folder_of_its_own()
    {
        var installed = (await Host.RunAsync("connector", "install", created.Archive, "--json")).Ended(0).Json;
        Assert.Equal((TemplateConnector.Id, "1.0.0"), (installed.GetProperty("id").GetString(), installed.GetProperty("active").GetString()));

        var rows = (await Host.RunAsync("run", "--connector", TemplateConnector.Id, "--json")).Ended(0).Output;
        Assert.Equal(5, rows.TrimEnd().Split('\n').Length);

        var certificate = (await Host.RunAsync("certify", TemplateConnector.Id, "--level", "bronze", "--json")).Ended(0).Json;
        Assert.Equal("Bronze", certificate.GetProperty("level").GetString());
    }
}
