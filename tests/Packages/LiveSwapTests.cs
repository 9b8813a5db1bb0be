using System.Text.Json;
using ConnectorPlatform.Host;
using ConnectorPlatform.Host.Accounts;
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

public sealed class LiveSwapTests : IAsyncLifetime
{
    private static readonly JsonElement NoDetails = JsonElement.Parse("{}");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private readonly TemporaryFolder _folder = new();
    private readonly AskedClock _time = new();
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));
    private ServiceProvider _platform = null!;
    private GreetingSource _source = null!;
    private SourceScan _scan = null!;

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(_folder.File("configured"));
        _source = await GreetingSource.StartAsync();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Connectors:Folders:0"] = _folder.File("configured"),
                ["Connectors:Drop"] = _folder.File("drop"),
                ["Connectors:hello:BaseAddress"] = _source.Address.ToString(),
            })
            .Build());
        services.AddLogging();
        services.AddSingleton<TimeProvider>(_time);
        services.AddPlatform(_folder.File("data"));
        _platform = services.BuildServiceProvider();
        _scan = new SourceScan([_folder.File("configured")], _folder.File("drop"), Part<InstalledConnectors>(), Part<PackageIntake>(), _clock);
    }

    public async ValueTask DisposeAsync()
    {
        await _platform.DisposeAsync();
        await _source.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_run_keeps_its_version_until_it_has_ended_although_that_is_removed()
    {
        await DropAsync("1.0.0");
        using (Part<PackageLeases>().Take("hello", out var package))
        {
            Part<ConnectorChoices>().Remove("hello", null);
            Assert.True(File.Exists(Path.Combine(package.Folder, "hello.dll")));
        }

        await DropAsync("1.1.0");
        Assert.Single(Directory.GetDirectories(_folder.File("data", "store", "hello")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_run_needs_stays_although_it_is_removed_while_the_run_reads(bool isKept)
    {
        await DropAsync("1.0.0");
        var folder = Part<ConnectorCatalog>().Find("hello").Folder;
        using var removed = new SemaphoreSlim(0);
        var reading = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _source.Instead = async context =>
        {
            reading.TrySetResult();
            await removed.WaitAsync(context.RequestAborted);
            return false;
        };
        var account = new AccountChoice(Part<AccountStore>().Add("source", "hello", JsonElement.Parse("""{ "access_token": "a-token-for-tests" }"""), null));
        var running = isKept
            ? Part<RunEngine>().RunAsync(AddDataSet(account), RunTrigger.Manual, Cancellation)
            : Part<OneOffRun>().RunAsync(Part<ConnectorCatalog>().Find("hello"), account, NoDetails, _ => { }, Cancellation);
        await Task.WhenAny(reading.Task, running);

        Part<ConnectorChoices>().Remove("hello", null);
        Assert.True(File.Exists(Path.Combine(folder, "hello.dll")));
        removed.Release();

        Assert.True((await running).IsSuccess);
        await DropAsync("1.1.0");
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task A_run_gets_the_version_that_it_has_chosen_although_that_is_removed_before_it_begins()
    {
        await DropAsync("1.0.0");
        var dataSet = AddDataSet();
        var isRemoved = false;

        // A run asks for the time when it has chosen its version and opened nothing yet.
        _time.Asked = () =>
        {
            _time.Asked = () => { };
            Part<ConnectorChoices>().Remove("hello", null);
            isRemoved = true;
        };
        var run = await Part<RunEngine>().RunAsync(dataSet, RunTrigger.Manual, Cancellation);

        Assert.True(isRemoved);
        Assert.True(run.IsSuccess, run.Failure?.Message);
    }

    [Fact]
    public async Task A_package_outside_of_the_store_is_not_run()
    {
        await DropAsync("1.0.0");
        var dropped = Hello("outside", "3.0.0").Read();
        var request = new SessionRequest { Package = dropped, Account = AccountChoice.SampleData, Progress = new RunProgress(new RunLog(null, TimeProvider.System)) };

        var refusal = await Assert.ThrowsAsync<PlatformException>(() => Part<ConnectorSessions>().OpenAsync(request, Cancellation));

        Assert.Contains("code is loaded from", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_upgrade_whose_form_asks_for_more_keeps_the_old_version_and_names_the_DataSet()
    {
        await DropAsync("1.0.0");
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
        await SettleAsync();

        Assert.Equal("1.0.0", Part<ConnectorCatalog>().Find("hello").Manifest.Version);
        var reason = Part<ConnectorChoices>().Get("hello").Find("1.1.0")!.Reason;
        Assert.Contains($"The DataSet \"{dataSet.Name}\" would become invalid: Language is required.", reason, StringComparison.Ordinal);
    }

    private T Part<T>()
        where T : notnull => _platform.GetRequiredService<T>();

    private DataSetConfiguration AddDataSet(AccountChoice? account = null) => Part<DataSetSetup>().AddDataSet(
        "Greetings", Part<ConnectorCatalog>().Find("hello"), account ?? AccountChoice.SampleData, NoDetails, UpdateMethod.Replace);

    private PackageCopy Hello(string name, string version) =>
        new PackageCopy("hello", _folder.File("drop", name)).EditManifest(manifest => manifest["version"] = version);

    private async Task DropAsync(string version)
    {
        Hello(version, version);
        await SettleAsync();
    }

    private async Task SettleAsync()
    {
        _scan.Scan();
        _clock.Advance(SourceScan.Quiet);
        _scan.Scan();
        await _scan.TrialsAsync();
    }

    /// <summary>The system's clock, which tells when somebody looks at it.</summary>
    private sealed class AskedClock : TimeProvider
    {
        public Action Asked { get; set; } = () => { };

        public override DateTimeOffset GetUtcNow()
        {
            Asked();
            return base.GetUtcNow();
        }
    }
}
