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

namespace ConnectorPlatform.Tests.Runs;

/// <summary>The connector <c>migrating</c> in version 1.0.0, whose form asks for a name, and 2.0.0, whose form asks for a greeting.</summary>
public sealed class DetailsMigrationTests : IAsyncDisposable
{
    private const string FirstForm = """
        {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "type": "object",
          "x-dialect": "connector-form/1",
          "x-pane": "details",
          "properties": { "name": { "type": "string", "title": "Name" } },
          "required": ["name"]
        }
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private readonly TemporaryFolder _folder = new();
    private ServiceProvider? _parts;

    public async ValueTask DisposeAsync()
    {
        if (_parts is not null)
        {
            await _parts.DisposeAsync();
        }

        _folder.Dispose();
    }

    [Theory]
    [InlineData("Workers")]
    [InlineData("InProcess")]
    public async Task An_upgrade_migrates_what_was_saved_and_a_rollback_finds_it_as_it_was(string isolation)
    {
        await StartAsync(isolation);
        var dataSet = Add("""{"name":"Ada"}""");
        Assert.Equal("""{"name":"Ada"}""", await RunAsync(dataSet));

        await InstallAsync("2.0.0");
        Assert.Equal("""{"greeting":"Hello Ada","times":1}""", await RunAsync(dataSet));
        Assert.Equal([dataSet.Name], Part<DataSetImpact>().MigratedFor(Active));

        await Part<ConnectorChoices>().RollbackAsync("migrating", "anna", force: false, Cancellation);
        Assert.Equal("""{"name":"Ada"}""", await RunAsync(dataSet));
    }

    [Theory]
    [InlineData("nobody", "could not run: There is no greeting for nobody: choose a greeting.")]
    [InlineData("null", "could not run: The connector failed with InvalidOperationException: A mistake in the migration.")]
    [InlineData("list", "made Array in the place of an object")]
    [InlineData("crash", "while it was asked to migrate the saved details")]
    [InlineData("a name that is too long", "would become invalid: Greeting must have at most 20 characters.")]
    public async Task An_upgrade_that_cannot_migrate_a_DataSet_names_it_and_the_version_before_stays(string name, string reason)
    {
        await StartAsync("Workers");
        var dataSet = Add($$"""{"name":"{{name}}"}""");

        await InstallAsync("2.0.0");

        Assert.Equal("1.0.0", Active.Manifest.Version);
        var told = Part<ConnectorChoices>().Get("migrating").Find("2.0.0")!.Reason;
        Assert.Contains($"The DataSet \"{dataSet.Name}\"", told, StringComparison.Ordinal);
        Assert.Contains(reason, told, StringComparison.Ordinal);
        Assert.True((await Part<RunEngine>().RunAsync(dataSet, RunTrigger.Manual, Cancellation)).IsSuccess);
    }

    [Fact]
    public async Task A_forced_upgrade_lets_the_run_fail_with_what_the_migration_says()
    {
        await StartAsync("Workers");
        var dataSet = Add("""{"name":"nobody"}""");
        await InstallAsync("2.0.0");

        await Part<ConnectorChoices>().ActivateAsync("migrating", "2.0.0", "anna", force: true, Cancellation);
        var run = await Part<RunEngine>().RunAsync(dataSet, RunTrigger.Manual, Cancellation);

        Assert.Equal(RunFailureKind.Details, run.Failure!.Kind);
        Assert.Equal("There is no greeting for nobody: choose a greeting.", run.Failure.Message);
    }

    [Fact]
    public async Task A_version_that_does_not_know_newer_details_is_not_activated()
    {
        await StartAsync("Workers");
        await InstallAsync("2.0.0");
        var dataSet = Add("""{"greeting":"Good morning"}""");

        var refusal = await Assert.ThrowsAsync<PlatformException>(
            () => Part<ConnectorChoices>().RollbackAsync("migrating", "anna", force: false, Cancellation));

        Assert.Contains($"\"{dataSet.Name}\" could not run: Its details were saved for version 2 of the form", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("2.0.0", Active.Manifest.Version);
    }

    [Fact]
    public async Task A_migration_without_an_end_is_ended_with_its_worker()
    {
        await StartAsync("Workers");
        var announced = _folder.File("announced");
        await Part<ConnectorChoices>().ActivateAsync("migrating", "1.0.0", "anna", force: false, Cancellation);
        await InstallAsync("2.0.0");
        var dataSet = Add($$"""{"name":"{{announced}}"}""");
        var clock = new FakeTimeProvider();
        var migration = new DetailsMigration(Part<IConnectorIsolation>(), clock)
            .DetailsForAsync(Part<ConnectorCatalog>().Find("migrating", "2.0.0"), dataSet, new RunProgress(new RunLog(null, clock)), Cancellation);
        while (!File.Exists(announced))
        {
            Assert.False(migration.IsCompleted, "The migration ended before it had begun.");
            await Task.Yield();
        }

        clock.Advance(TimeSpan.FromSeconds(10));

        var failure = await Assert.ThrowsAsync<ConnectorException>(() => migration);
        Assert.Equal("The migration of details from version 1 did not end within 10 seconds.", failure.Message);
    }

    private ConnectorPackage Active => Part<ConnectorCatalog>().Find("migrating");

    private T Part<T>()
        where T : notnull => _parts!.GetRequiredService<T>();

    private async Task StartAsync(string isolation)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Connectors:Folders:0"] = Directory.CreateDirectory(_folder.File("configured")).FullName,
            ["Connectors:Isolation"] = isolation,
        }).Build();
        _parts = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddLogging().AddPlatform(_folder.File("data")).BuildServiceProvider();
        await InstallAsync("1.0.0");
    }

    private DataSetConfiguration Add(string details) =>
        Part<DataSetSetup>().AddDataSet("Readings", Active, AccountChoice.SampleData, JsonElement.Parse(details), UpdateMethod.Replace);

    private async Task InstallAsync(string version)
    {
        var seen = await Part<PackageIntake>().TakeAsync(new(Package(version).Folder, SourceKind.Given), "", "anna", Cancellation);
        Assert.Empty(seen.Problems);
    }

    private PackageCopy Package(string version)
    {
        var copy = new PackageCopy("migrating", _folder.File($"{version}-{Guid.NewGuid():N}"));
        return version == "2.0.0"
            ? copy
            : copy.Write("details.json", FirstForm)
                .Edit("samples/samples.json", samples => samples["details"] = new System.Text.Json.Nodes.JsonArray())
                .EditManifest(manifest =>
                {
                    manifest["version"] = version;
                    manifest.Remove("detailsVersion");
                });
    }

    private async Task<string> RunAsync(DataSetConfiguration dataSet)
    {
        var run = await Part<RunEngine>().RunAsync(dataSet, RunTrigger.Manual, Cancellation);
        Assert.Null(run.Failure);
        using var lease = await Part<DataSetFiles>().OpenAsync(dataSet.Id, Cancellation);
        return (string)lease.Reader.Page(0, 1).Rows[0][0]!;
    }
}
