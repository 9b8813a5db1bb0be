using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Runs;

/// <summary>A data folder comes into being whole, whoever else is making it.</summary>
public sealed class StartTests
{
    private const int Processes = 12;
    private const int Rounds = 3;

    [Fact]
    public async Task Several_processes_may_start_on_a_new_folder_at_once()
    {
        for (var round = 0; round < Rounds; round++)
        {
            using var folder = new TemporaryFolder();

            var results = await Task.WhenAll(Enumerable.Range(0, Processes).Select(_ => new HostProgram(folder.File("data")).RunAsync("account", "list", "--json")));

            Assert.All(results, result => Assert.Equal(0, result.Ended(0).Json.GetArrayLength()));
            Assert.Equal(["platform.json"], Directory.GetFiles(folder.File("data"), "platform*").Select(Path.GetFileName));
        }
    }

    [Fact]
    public void A_start_that_was_killed_before_its_marker_stood_is_no_foreign_folder()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("platform.json.0123"), "{");

        using var data = DataFolder.Open(folder.Path);

        Assert.True(File.Exists(folder.File("platform.json")));
    }
}
