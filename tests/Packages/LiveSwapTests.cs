using System.Text.Json;
using ConnectorPlatform.Host;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Connectors.Packages;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Sessions;
using ConnectorPlatform.Tests.Connectors;
using ConnectorPlatform.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace ConnectorPlatform.Tests.Packages;

public sealed class LiveSwapTests : IAsyncDisposable
{
    private static readonly JsonElement NoDetails = JsonElement.Parse("{}");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));
    private readonly ServiceProvider _platform;
    private readonly SourceScan _scan;

    public LiveSwapTests()
    {
        Directory.CreateDirectory(_folder.File("configured"));
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Connectors:Folders:0"] = _folder.File("configured"),
                ["Connectors:Drop"] = _folder.File("drop"),
            })
            .Build());
        services.AddLogging();
        services.AddPlatform(_folder.File("data"));
        _platform = services.BuildServiceProvider();
        _scan = new SourceScan([_folder.File("configured")], _folder.File("drop"), Part<InstalledConnectors>(), Part<PackageIntake>(), _clock);
    }

    public async ValueTask DisposeAsync()
    {
        await _platform.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Runs_go_on_while_versions_come_and_go_and_bad_ones_are_dropped()
    {
        Drop("1.0.0");
        var dataSet = AddDataSet();
        for (var minor = 1; minor <= 6; minor++)
        {
            var expected = Part<ConnectorCatalog>().Find("hello").Manifest.Version;
            var run = Part<RunEngine>().RunAsync(dataSet, RunTrigger.Manual, Cancellation);
            Drop($"1.{minor}.0");
            Hello($"bad-{minor}", "2.0.0").Truncate("hello.dll");
            Settle();
            var record = await run;

            Assert.True(record.IsSuccess, record.Failure?.Message);
            Assert.Equal(expected, record.ConnectorVersion);
            Assert.Equal($"1.{minor}.0", Part<ConnectorCatalog>().Find("hello").Manifest.Version);
        }

        Assert.Equal(6, Part<ConnectorCatalog>().Broken.Count);
    }

    [Fact]
    public async Task A_package_outside_of_the_store_is_not_run()
    {
        Drop("1.0.0");
        var dropped = Hello("outside", "3.0.0").Read();
        var request = new SessionRequest { Package = dropped, Account = AccountChoice.SampleData, Progress = new RunProgress(new RunLog(null, TimeProvider.System)) };

        var refusal = await Assert.ThrowsAsync<PlatformException>(() => Part<ConnectorSessions>().OpenAsync(request, Cancellation));

        Assert.Contains("code is loaded from", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_upgrade_whose_form_asks_for_more_keeps_the_old_version_and_names_the_DataSet()
    {
        Drop("1.0.0");
        var dataSet = AddDataSet();
        Hello("next", "1.1.0").Write("details.json", """
            {
              "$schema": "http://json-schema.org/draft-07/schema#",
              "type": "object",
              "x-dialect": "connector-form/1",
              "x-pane": "details",
              "properties": { "language": { "type": "string", "title": "Language" } },
              "required": ["language"]
            }
            """);
        Settle();

        Assert.Equal("1.0.0", Part<ConnectorCatalog>().Find("hello").Manifest.Version);
        var reason = Part<ConnectorChoices>().Get("hello").Find("1.1.0")!.Reason;
        Assert.Contains($"The DataSet \"{dataSet.Name}\" would become invalid: Language is required.", reason, StringComparison.Ordinal);
    }

    private T Part<T>()
        where T : notnull => _platform.GetRequiredService<T>();

    private DataSetConfiguration AddDataSet() => Part<DataSetSetup>().AddDataSet(
        "Greetings", Part<ConnectorCatalog>().Find("hello"), AccountChoice.SampleData, NoDetails, UpdateMethod.Replace);

    private PackageCopy Hello(string name, string version) =>
        new PackageCopy("hello", _folder.File("drop", name)).EditManifest(manifest => manifest["version"] = version);

    private void Drop(string version)
    {
        Hello(version, version);
        Settle();
    }

    private void Settle()
    {
        _scan.Scan();
        _clock.Advance(SourceScan.Quiet);
        _scan.Scan();
    }
}
