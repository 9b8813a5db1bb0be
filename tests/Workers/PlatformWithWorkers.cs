using System.Text.Json;
using ConnectorPlatform.Host;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Connectors.Workers;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Sessions;
using ConnectorPlatform.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ConnectorPlatform.Tests.Workers;

/// <summary>The whole platform on a data folder of its own, with the connectors that are shipped and those that misbehave.</summary>
internal sealed class PlatformWithWorkers : IAsyncDisposable
{
    /// <summary>What an account for the source holds.</summary>
    public const string Secret = "canary-6e1f07";

    private readonly TemporaryFolder _folder = new();
    private readonly ServiceProvider _parts;
    private AccountChoice? _account;

    public PlatformWithWorkers(params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value))
                .Append(new("Connectors:Folders:0", Repository.PathOf("artifacts", "test-plugins")))
                .Append(new("Connectors:Folders:1", Repository.PathOf("artifacts", "connectors")))).Build();
        _parts = new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .AddPlatform(_folder.Path)
            .BuildServiceProvider();
    }

    public string Announcement => _folder.File("announced");

    public string LockFile => _folder.File("connectors.lock.json");

    public WorkerPool Pool => Part<WorkerPool>();

    public T Part<T>()
        where T : notnull => _parts.GetRequiredService<T>();

    public ConnectorPackage Package(string id) => Part<ConnectorCatalog>().Find(id);

    public Task<RunRecord> RunAsync(string connector, object? details = null, CancellationToken cancellationToken = default) =>
        Part<OneOffRun>().RunAsync(
            Package(connector), AccountChoice.SampleData, JsonSerializer.SerializeToElement(details ?? new { }), _ => { }, cancellationToken);

    /// <summary>A run of a deed without end, which <see cref="DeedIsUnderWayAsync"/> waits for.</summary>
    public Task<RunRecord> BeginAsync(string deed, CancellationToken cancellationToken) =>
        RunAsync("hostile", new { deed, announce = Announcement }, cancellationToken);

    public async Task DeedIsUnderWayAsync(Task<RunRecord> running)
    {
        while (!File.Exists(Announcement))
        {
            Assert.False(running.IsCompleted, "The run ended before its deed.");
            await Task.Yield();
        }
    }

    /// <summary>A run on an account, so that requests go to the source and not to samples.</summary>
    public Task<RunRecord> RunOnSourceAsync(string deed)
    {
        _account ??= new AccountChoice(Part<AccountStore>().Add("test", "hostile", JsonElement.Parse($$"""{ "access_token": "{{Secret}}" }"""), null));
        return Part<OneOffRun>().RunAsync(
            Package("hostile"), _account, JsonSerializer.SerializeToElement(new { deed, announce = Announcement }), _ => { }, TestContext.Current.CancellationToken);
    }

    public Task<RunRecord> DoAsync(string deed, CancellationToken cancellationToken = default) => RunAsync("hostile", new { deed }, cancellationToken);

    /// <summary>A run whose log is kept.</summary>
    public async Task<(RunRecord Run, string Log)> DoWithLogAsync(string deed)
    {
        var dataSet = Part<DataSetSetup>().AddDataSet(
            deed, Package("hostile"), AccountChoice.SampleData, JsonSerializer.SerializeToElement(new { deed }), UpdateMethod.Replace);
        var run = await Part<RunEngine>().RunAsync(dataSet, RunTrigger.Manual, TestContext.Current.CancellationToken);
        return (run, await File.ReadAllTextAsync(Part<RunEngine>().LogOf(run.Id), TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        await _parts.DisposeAsync();
        _folder.Dispose();
    }
}
