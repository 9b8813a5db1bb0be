using System.Text.Json;
using ConnectorPlatform.Host;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Connectors.Packages;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.DataSets.Storage;
using ConnectorPlatform.Host.Runs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ConnectorPlatform.Tests.Support;

/// <summary>The whole platform, put together as the host does it, on a data folder that is gone after the test.</summary>
internal sealed class TestPlatform : IAsyncDisposable
{
    /// <summary>The setting of where packages lie; a platform that sets it has connectors of its own.</summary>
    public const string Folder = "Connectors:Folders:0";

    private static readonly JsonElement Nothing = JsonElement.Parse("{}");

    // An engine that is broken must fail the tests and not hang them.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    // Reading and loading packages is the slow part of a start, and the same for all.
    private static readonly ServiceProvider Shared = AfterAllTests.Dispose(Compose([], _ => { }, TimeProvider.System, SharedFolder(), new CollectedLog()));

    private readonly TemporaryFolder _folder = new();
    private readonly Lazy<ServiceProvider> _services;

    public TestPlatform()
    {
        DataFolder = _folder.File("data");
        _services = new(() => Compose(Settings, Settings.ContainsKey(Folder) ? Replace : ShareConnectors + Replace, Time, DataFolder, Log));
    }

    public string DataFolder { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public Dictionary<string, string?> Settings { get; init; } = [];

    /// <summary>Adds services that take the place of the host's.</summary>
    public Action<IServiceCollection> Replace { get; init; } = _ => { };

    public CollectedLog Log { get; } = new();

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The packages that the build published.</summary>
    public static ConnectorCatalog Catalog => Shared.GetRequiredService<ConnectorCatalog>();

    public T Part<T>()
        where T : notnull => _services.Value.GetRequiredService<T>();

    public DataSetConfiguration AddDataSet(
        string connector, UpdateMethod method = UpdateMethod.Replace, Account? account = null, JsonElement? details = null, DataSetRules? rules = null)
    {
        var dataSet = new DataSetConfiguration
        {
            Id = Guid.CreateVersion7().ToString("N"),
            Name = $"DataSet {Guid.NewGuid():N}",
            Connector = connector,
            AccountId = account?.Id,
            Details = details ?? Nothing,
            UpdateMethod = method,
            Rules = rules ?? new(),
            CreatedAt = Time.GetUtcNow(),
            UpdatedAt = Time.GetUtcNow(),
        };
        Part<DataSetConfigurationStore>().Add(dataSet);
        return dataSet;
    }

    public Account AddAccount(string connector, string credentials = """{ "access_token": "a-token-for-tests" }""") =>
        Part<AccountStore>().Add($"Account {Guid.NewGuid():N}", connector, JsonElement.Parse(credentials), null);

    public Task<RunRecord> RunAsync(DataSetConfiguration dataSet, CancellationToken? cancellationToken = null) =>
        Part<RunEngine>().RunAsync(dataSet, RunTrigger.Manual, cancellationToken ?? Cancellation).WaitAsync(Patience, Cancellation);

    public async Task<T> ReadAsync<T>(DataSetConfiguration dataSet, Func<DataSetReader, T> read)
    {
        using var lease = await Part<DataSetFiles>().OpenAsync(dataSet.Id, Cancellation);
        return read(lease.Reader);
    }

    /// <summary>Commits batches as a run of the past did.</summary>
    public async Task CommitAsync(DataSetConfiguration dataSet, params IEnumerable<RecordBatch> batches)
    {
        using var lease = await Part<DataSetFiles>().OpenAsync(dataSet.Id, Cancellation);
        using var writer = new DataSetWriter(lease.File, new WriterOptions
        {
            RunId = "a-run-of-the-past",
            Fence = Part<DataSetConfigurationStore>().NextFence(dataSet.Id),
            UpdateMethod = dataSet.UpdateMethod,
            Time = Time,
        });
        foreach (var batch in batches)
        {
            writer.Append(batch);
        }

        writer.Commit(isFinal: true);
    }

    public async ValueTask DisposeAsync()
    {
        if (_services.IsValueCreated)
        {
            await _services.Value.DisposeAsync();
        }

        _folder.Dispose();
    }

    private static void ShareConnectors(IServiceCollection services)
    {
        services.AddSingleton(Catalog);
        services.AddSingleton(Shared.GetRequiredService<ConnectorLoader>());
        services.AddSingleton(Shared.GetRequiredService<PackageStore>());
        // With a lock file of its own a platform would sweep the others' packages out of the store.
        services.AddSingleton(Shared.GetRequiredService<InstalledConnectors>());
    }

    // Gone when the tests have ended.
    private static string SharedFolder()
    {
        var folder = new TemporaryFolder();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        return folder.File("data");
    }

    private static ServiceProvider Compose(
        Dictionary<string, string?> settings, Action<IServiceCollection> replace, TimeProvider time, string dataFolder, CollectedLog log)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?>(settings)
            {
                [Folder] = settings.GetValueOrDefault(Folder, Repository.PathOf("artifacts", "connectors")),
                ["Connectors:Isolation"] = settings.GetValueOrDefault("Connectors:Isolation", "InProcess"),
            })
            .Build());
        services.AddLogging(logging => logging.AddProvider(log).SetMinimumLevel(LogLevel.Trace));
        services.AddSingleton(time);
        services.AddPlatform(dataFolder);
        replace(services);
        return services.BuildServiceProvider();
    }
}
