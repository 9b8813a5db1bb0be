using System.Text.Json;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Sessions;
using ConnectorPlatform.Tests.Workers;

namespace ConnectorPlatform.Tests.Packages;

public sealed class ConflictingVersionsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Workers")]
    [InlineData("InProcess")]
    public async Task Two_versions_of_a_connector_run_at_once_each_with_its_own_native_and_managed_libraries(string isolation)
    {
        await using var platform = new PlatformWithWorkers(("Connectors:Isolation", isolation));

        var versions = await Task.WhenAll(VersionsAsync(platform, "1.0.0"), VersionsAsync(platform, "2.0.0"), VersionsAsync(platform, "1.0.0"));

        Assert.Equal("json 12.0", versions[0][0]);
        Assert.Equal("json 13.0", versions[1][0]);
        Assert.StartsWith("sqlite 3.", versions[0][1], StringComparison.Ordinal);
        Assert.StartsWith("sqlite 3.53.", versions[1][1], StringComparison.Ordinal);
        Assert.NotEqual(versions[0][1], versions[1][1]);
        Assert.Equal(versions[0], versions[2]);
    }

    private static async Task<string[]> VersionsAsync(PlatformWithWorkers platform, string version)
    {
        string[] rows = [];
        var run = await platform.Part<OneOffRun>().RunAsync(
            platform.Part<ConnectorCatalog>().Find("native", version),
            AccountChoice.SampleData,
            JsonElement.Parse("{}"),
            reader => rows = [.. reader.Page(0, 10).Rows.Select(row => $"{row[0]} {row[1]}")],
            Cancellation);
        Assert.True(run.IsSuccess, run.Failure?.Message);
        return rows;
    }
}
