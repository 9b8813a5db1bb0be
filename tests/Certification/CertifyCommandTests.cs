using System.Text.Json;
using ConnectorPlatform.Tests.Connectors;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Certification;

/// <summary>The verb as an author calls it.</summary>
public sealed class CertifyCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("hello")]
    [InlineData("bitly")]
    public async Task A_connector_of_this_repository_is_gold(string id)
    {
        var result = await new HostProgram(_folder.File("data")).RunAsync("certify", PackageCopy.Built(id), "--json");

        var certificate = JsonElement.Parse(result.Output);
        Assert.Empty(certificate.GetProperty("checks").EnumerateArray().Where(check => check.GetProperty("verdict").GetString() == "Failed").Select(check => check.ToString()));
        Assert.Equal((0, "Gold"), (result.Code, certificate.GetProperty("level").GetString()));
    }

    [Fact]
    public async Task A_folder_of_recordings_that_is_not_there_is_wrong_input()
    {
        var result = await new HostProgram(_folder.File("data")).RunAsync("certify", PackageCopy.Built("hello"), "--samples", _folder.File("nothing"));

        Assert.Contains("nothing: name one with recorded replies", result.Ended(2).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_level_that_is_not_reached_is_a_failure_in_words()
    {
        using var package = FaultyPackage.With("unknown-menu");

        var result = await new HostProgram(_folder.File("data")).RunAsync("certify", package.Folder, "--level", "bronze");

        Assert.Equal(6, result.Code);
        Assert.Contains("forms.menus FAILED: details.json asks for the menu \"stores\"", result.Output, StringComparison.Ordinal);
        Assert.Contains("faulty 1.0.0: no level reached", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("faults.", result.Output, StringComparison.Ordinal);
    }
}
