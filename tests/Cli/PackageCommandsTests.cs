using System.Text.Json;
using System.Text.Json.Nodes;
using ConnectorPlatform.Tests.Connectors;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Cli;

/// <summary><c>connector …</c> through the real executable.</summary>
public sealed class PackageCommandsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private HostProgram Program => new(_folder.File("data"))
    {
        Environment = { ["Connectors__Folders__0"] = Directory.CreateDirectory(_folder.File("none")).FullName },
    };

    [Fact]
    public async Task A_connector_is_installed_upgraded_rolled_back_and_removed()
    {
        await InstallAsync("1.0.0");
        (await Program.RunAsync("dataset", "create", "Greetings", "--connector", "hello")).Ended(0);
        var upgraded = await InstallAsync("1.1.0");
        Assert.Equal("1.1.0", upgraded.GetProperty("active").GetString());
        Assert.Equal(["Greetings"], upgraded.GetProperty("dataSets").EnumerateArray().Select(name => name.GetString()));

        Assert.Equal("1.0.0", await ActiveAfterAsync("rollback", "hello"));
        Assert.Equal("1.1.0", await ActiveAfterAsync("activate", "hello"));
        Assert.Equal("1.0.0", await ActiveAfterAsync("activate", "hello", "1.0.0"));

        var refused = (await Program.RunAsync("connector", "remove", "hello")).Ended(2);
        Assert.Contains("fills the DataSets Greetings", refused.Error, StringComparison.Ordinal);
        (await Program.RunAsync("connector", "remove", "hello", "1.1.0")).Ended(0);
        (await Program.RunAsync("connector", "remove", "hello", "--force")).Ended(0);
        Assert.Empty((await ListAsync()).GetProperty("connectors").EnumerateArray());
    }

    [Fact]
    public async Task Of_many_DataSets_the_first_are_named()
    {
        await InstallAsync("1.0.0");
        for (var number = 10; number < 22; number++)
        {
            (await Program.RunAsync("dataset", "create", $"Greetings {number}", "--connector", "hello")).Ended(0);
        }

        var refused = (await Program.RunAsync("connector", "remove", "hello")).Ended(2);
        Assert.Contains("Greetings 19 and 2 more, which could not run any more", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_change_would_do_is_told_and_not_done()
    {
        await InstallAsync("1.0.0");
        await InstallAsync("1.1.0");
        foreach (var verb in new string[][] { ["rollback", "hello"], ["activate", "hello", "1.0.0"] })
        {
            var told = (await Program.RunAsync(["connector", .. verb, "--dry-run"])).Ended(0);
            Assert.StartsWith("Nothing is changed; it would be:\nhello: active 1.0.0", told.Output, StringComparison.Ordinal);
        }

        foreach (var verb in new string[][] { ["disable", "hello"], ["remove", "hello"] })
        {
            (await Program.RunAsync(["connector", .. verb, "--dry-run"])).Ended(0);
        }

        var connector = (await ListAsync()).GetProperty("connectors")[0];
        Assert.Equal(("1.1.0", false, 2), (
            connector.GetProperty("active").GetString(), connector.GetProperty("isDisabled").GetBoolean(), connector.GetProperty("versions").GetArrayLength()));
    }

    [Fact]
    public async Task A_disabled_connector_runs_no_more_until_it_is_enabled()
    {
        await InstallAsync("1.0.0");
        (await Program.RunAsync("connector", "disable", "hello")).Ended(0);

        Assert.Contains("connector enable hello", (await Program.RunAsync("run", "--connector", "hello")).Ended(2).Error, StringComparison.Ordinal);
        Assert.Contains("disabled", (await Program.RunAsync("connector", "list")).Ended(0).Output, StringComparison.Ordinal);
        (await Program.RunAsync("connector", "enable", "hello")).Ended(0);
        (await Program.RunAsync("run", "--connector", "hello")).Ended(0);
    }

    [Fact]
    public async Task A_version_that_may_reach_more_hosts_waits_until_it_is_approved()
    {
        await InstallAsync("1.0.0");
        var waiting = await InstallAsync("1.1.0", "elsewhere.example.net");
        Assert.Equal("1.0.0", waiting.GetProperty("active").GetString());
        Assert.Contains("elsewhere.example.net", waiting.GetProperty("versions")[0].GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Contains("may not be used", (await Program.RunAsync("connector", "activate", "hello", "1.1.0", "--force")).Ended(2).Error, StringComparison.Ordinal);

        Assert.Equal("1.1.0", await ActiveAfterAsync("approve", "hello", "1.1.0"));
    }

    [Fact]
    public async Task A_quarantine_is_shown_with_the_last_crash_and_ended_by_an_approval()
    {
        await InstallAsync("1.0.0");
        var file = _folder.File("data", "connectors.lock.json");
        var locked = JsonNode.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))!;
        var version = locked["connectors"]![0]!["versions"]![0]!;
        (version["quarantinedUntil"], version["quarantineReason"]) = ("2999-01-01T00:00:00Z", "It ended by signal SIGABRT.");
        await File.WriteAllTextAsync(file, locked.ToJsonString(), TestContext.Current.CancellationToken);

        var refused = await Program.RunAsync("run", "--connector", "hello");
        Assert.Contains("is in quarantine until 2999-01-01 00:00:00 UTC", refused.Output + refused.Error, StringComparison.Ordinal);
        var shown = (await Program.RunAsync("connector", "show", "hello")).Ended(0).Output;
        Assert.Contains("1.0.0 quarantined", shown, StringComparison.Ordinal);
        Assert.Contains("The last crash: It ended by signal SIGABRT.", shown, StringComparison.Ordinal);

        (await Program.RunAsync("connector", "approve", "hello", "1.0.0")).Ended(0);
        (await Program.RunAsync("run", "--connector", "hello")).Ended(0);
    }

    [Fact]
    public async Task Damage_in_the_store_is_found()
    {
        await InstallAsync("1.0.0");
        Assert.Contains("as they were installed", (await Program.RunAsync("connector", "verify", "hello")).Ended(0).Output, StringComparison.Ordinal);

        var file = Directory.GetFiles(_folder.File("data", "store", "hello"), "README.md", SearchOption.AllDirectories).Single();
        File.SetAttributes(file, FileAttributes.Normal);
        await File.AppendAllTextAsync(file, "x", TestContext.Current.CancellationToken);

        Assert.Contains("Changed or gone: 1.0.0", (await Program.RunAsync("connector", "verify", "hello")).Ended(7).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_package_that_ends_its_process_is_not_installed()
    {
        var package = new PackageCopy("unruly-constructor", _folder.File("unruly")).Write("deed.txt", "exit");

        var refused = (await Program.RunAsync("connector", "install", package.Folder)).Ended(2);

        Assert.Contains("with exit code 0", refused.Error, StringComparison.Ordinal);
        Assert.Empty((await ListAsync()).GetProperty("connectors").EnumerateArray());
    }

    [Fact]
    public async Task Wrong_input_is_told_in_one_line_and_ends_with_2()
    {
        await InstallAsync("1.0.0");
        (string Expected, string[] Arguments)[] wrong =
        [
            ("No connector \"nobody\" is installed", ["show", "nobody"]),
            ("No connector \"nobody\" is installed", ["verify", "nobody"]),
            ("has no version 9.9.9; installed are 1.0.0", ["activate", "hello", "9.9.9"]),
            ("has no version 9.9.9", ["approve", "hello", "9.9.9"]),
            ("has no version 9.9.9", ["remove", "hello", "9.9.9"]),
            ("was active before 1.0.0", ["rollback", "hello"]),
            ("There is no file or folder", ["install", "./no/such/folder"]),
            ("Required argument", ["approve", "hello"]),
        ];
        foreach (var (expected, arguments) in wrong)
        {
            var result = (await Program.RunAsync(["connector", .. arguments])).Ended(2);
            Assert.Contains(expected, result.Error, StringComparison.Ordinal);
            Assert.Single(result.Error.TrimEnd().Split('\n'));
        }
    }

    private async Task<JsonElement> InstallAsync(string version, params string[] furtherHosts)
    {
        var package = new PackageCopy("hello", _folder.File($"hello-{version}")).Write("README.md", "hello").EditManifest(manifest =>
        {
            manifest["version"] = version;
            var host = new Uri(manifest["http"]!["baseAddress"]!.GetValue<string>()).Host;
            manifest["http"]!["allowedHosts"] = JsonSerializer.SerializeToNode<string[]>([host, .. furtherHosts]);
        });
        return (await Program.RunAsync("connector", "install", package.Folder, "--json")).Ended(0).Json;
    }

    private async Task<string?> ActiveAfterAsync(params string[] arguments) =>
        (await Program.RunAsync(["connector", .. arguments, "--json"])).Ended(0).Json.GetProperty("active").GetString();

    private async Task<JsonElement> ListAsync() => (await Program.RunAsync("connector", "list", "--json")).Ended(0).Json;
}
