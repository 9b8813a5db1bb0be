using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Cli;

public sealed class LabelCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private HostProgram Program => new(_folder.File("data")) { Environment = { [TestPlatform.Folder.Replace(":", "__", StringComparison.Ordinal)] = Repository.PathOf("artifacts", "connectors") } };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Description_and_tags_are_stored_changed_and_removed_and_what_is_left_out_stays()
    {
        (await Program.RunAsync("dataset", "create", "Greetings", "--connector", "hello", "--description", "For tests", "--tag", "sales,weekly", "Sales")).Ended(0);
        Assert.Equal(("For tests", "sales weekly"), await LabelsAsync());

        (await Program.RunAsync("dataset", "edit", "Greetings", "--tag", "monthly")).Ended(0);
        Assert.Equal(("For tests", "monthly"), await LabelsAsync());

        (await Program.RunAsync("dataset", "edit", "Greetings", "--tag", "", "--description", "")).Ended(0);
        Assert.Equal(("", ""), await LabelsAsync());

        var refused = (await Program.RunAsync("dataset", "edit", "Greetings", "--tag", new string('x', 51))).Ended(2);
        Assert.Contains("a tag has 1 to 50 characters", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_platforms_zone_is_that_of_a_schedule_that_names_none()
    {
        (await Program.RunAsync("zone", "Asia/Tokyo")).Ended(0);

        Assert.Equal("Asia/Tokyo", (await Program.RunAsync("zone", "--json")).Ended(0).Json.GetProperty("zone").GetString());
        Assert.Equal("Asia/Tokyo", (await Program.RunAsync("schedule", "next", "every day at 06:00", "--json")).Ended(0).Json.GetProperty("zone").GetString());
        Assert.Contains("There is no time zone \"Mars\"", (await Program.RunAsync("zone", "Mars")).Ended(2).Error, StringComparison.Ordinal);
    }

    private async Task<(string? Description, string Tags)> LabelsAsync()
    {
        var shown = (await Program.RunAsync("dataset", "show", "Greetings", "--json")).Ended(0).Json;
        return (shown.GetProperty("description").GetString(), string.Join(' ', shown.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString())));
    }
}
