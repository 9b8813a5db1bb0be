using System.Text.Json.Nodes;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Connectors;

public sealed class ConnectorLoaderTests : IDisposable
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private readonly TemporaryFolder _folder = new();
    private readonly ConnectorLoader _loader = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Host_and_connector_keep_their_own_versions_of_the_same_library()
    {
        var connector = _loader.Load(Copy("conflicting").Read()).Create();
        var context = new ConnectorContext { Http = new HttpClient() };

        var batch = Assert.Single(await connector.ReadAsync(context, Cancellation).ToListAsync(Cancellation));

        Assert.Equal(["Newtonsoft.Json", "Polly"], Texts(batch, 0));
        Assert.Equal(["12.0.0.0", "7.0.0.0"], Texts(batch, 1));
        Assert.Equal(["[1,2]", "2 attempts"], Texts(batch, 2));
        Assert.Equal(13, typeof(Newtonsoft.Json.JsonConvert).Assembly.GetName().Version!.Major);
    }

    [Fact]
    public void A_folder_is_loaded_once_and_every_operation_gets_a_connector_of_its_own()
    {
        var package = Copy("hello").Read();

        var loaded = _loader.Load(package);

        Assert.Same(loaded, _loader.Load(package));
        Assert.NotSame(loaded.Create(), loaded.Create());
        Assert.Same(loaded.Create().GetType(), loaded.Create().GetType());
    }

    [Fact]
    public void Two_versions_of_a_connector_are_used_side_by_side()
    {
        var first = _loader.Load(Copy("hello").Read());
        var second = _loader.Load(Copy("hello").EditManifest(manifest => manifest["version"] = "2.0.0").Read());

        Assert.NotSame(first.Create().GetType(), second.Create().GetType());
    }

    [Fact]
    public void Another_version_in_a_folder_that_is_loaded_asks_for_a_restart()
    {
        var copy = Copy("hello");
        _loader.Load(copy.Read());

        var exception = Assert.Throws<PackageLoadException>(
            () => _loader.Load(copy.EditManifest(manifest => manifest["version"] = "2.0.0").Read()));

        Assert.Contains("Version 1.0.0 from the same folder is loaded: restart the host", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_library_that_only_the_host_has_is_missing_all_the_same()
    {
        var problem = Refusal("conflicting", copy => copy.Delete("Newtonsoft.Json.dll"));

        Assert.Equal("Newtonsoft.Json.dll", problem.File);
        Assert.StartsWith("Missing, but listed in conflicting.deps.json", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_package_is_loadable_as_soon_as_it_is_whole_again()
    {
        var copy = Copy("conflicting");
        var package = copy.Read();
        File.Move(copy.PathOf("Polly.dll"), copy.PathOf("Polly.away"));
        Assert.Throws<PackageLoadException>(() => _loader.Load(package));

        File.Move(copy.PathOf("Polly.away"), copy.PathOf("Polly.dll"));

        Assert.NotNull(_loader.Load(package).Create());
    }

    [Fact]
    public void Two_connector_classes_are_both_named()
    {
        var problem = Assert.Single(Copy("two-classes").Problems());

        Assert.Equal("two-classes.dll", problem.File);
        Assert.Equal(
            "Several connector classes: ConnectorPlatform.Connectors.FirstConnector and ConnectorPlatform.Connectors.SecondConnector. A package has exactly one.",
            problem.Message);
    }

    [Fact]
    public void Classes_that_nobody_can_create_are_named_with_the_reason()
    {
        Assert.Equal(
            "No connector class can be created: ConnectorPlatform.Connectors.AbstractConnector is abstract; "
            + "ConnectorPlatform.Connectors.NeedyConnector has no public constructor without parameters.",
            Assert.Single(Copy("unusable-classes").Problems()).Message);
    }

    [Fact]
    public void A_throwing_constructor_is_told_with_type_and_message()
    {
        var loaded = _loader.Load(Copy("throwing-constructor").Read());

        var exception = Assert.Throws<PackageLoadException>(loaded.Create);

        Assert.Equal(
            "Connector \"throwing-constructor\" 1.0.0 cannot be loaded. throwing-constructor.dll: The constructor of "
            + "ConnectorPlatform.Connectors.ThrowingConnector failed: InvalidOperationException: The moon is not full.",
            exception.Message);
        Assert.IsType<InvalidOperationException>(exception.InnerException);
    }

    [Fact]
    public void A_connector_compiled_for_a_newer_contract_is_refused_in_words()
    {
        var problem = Refusal("hello", copy => copy.SetContractMajor("hello.dll", 2));

        Assert.Equal(new PackageProblem("hello.dll", "", "Built for contract 2, this host has 1: update the host."), problem);
    }

    [Fact]
    public void An_assembly_without_a_connector_class_is_named()
    {
        var host = typeof(ConnectorLoader).Assembly.Location;
        var problem = Refusal("hello", copy => File.Copy(host, copy.Delete("hello.dll").PathOf("hello.dll")));

        Assert.StartsWith("No class implements IConnector", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.02)]
    [InlineData(0.5)]
    [InlineData(0.95)]
    public void A_truncated_assembly_is_named(double part)
    {
        Assert.Equal("hello.dll", Refusal("hello", copy => copy.Truncate("hello.dll", part)).File);
        Assert.Equal("Polly.dll", Refusal("conflicting", copy => copy.Truncate("Polly.dll", part)).File);
    }

    [Fact]
    public void A_file_that_is_no_library_is_named()
    {
        var problem = Refusal("hello", copy => copy.Write("hello.dll", "not a library"));

        Assert.Equal("hello.dll", problem.File);
        Assert.StartsWith("Truncated, damaged or no library at all", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_package_without_its_list_of_files_is_refused()
    {
        Assert.Equal("hello.deps.json", Refusal("hello", copy => copy.Delete("hello.deps.json")).File);
        Assert.Equal("hello.deps.json", Refusal("hello", copy => copy.Write("hello.deps.json", "{}")).File);
    }

    [Fact]
    public void A_truncated_native_library_is_refused_since_loading_it_would_kill_the_process()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The native library of this test is one for Linux.");
        const string Native = "runtimes/unix/native/library.so";
        var copy = Copy("hello");
        Directory.CreateDirectory(Path.GetDirectoryName(copy.PathOf(Native))!);
        File.Copy(Path.Combine(AppContext.BaseDirectory, "libe_sqlite3.so"), copy.PathOf(Native));
        copy.Edit("hello.deps.json", document => document["targets"]![".NETCoreApp,Version=v10.0"]!["hello/1.0.0"]!["runtimeTargets"] =
            new JsonObject
            {
                [Native] = new JsonObject { ["rid"] = "unix", ["assetType"] = "native" },
                ["runtimes/win/native/library.dll"] = new JsonObject { ["rid"] = "win", ["assetType"] = "native" },
            });
        Assert.Empty(copy.Problems());

        var problem = Assert.Single(copy.Truncate(Native).Problems());

        Assert.Equal(new PackageProblem(Native, "", "Truncated: copy the whole file."), problem);
    }

    [Fact]
    public void The_manifest_may_name_the_main_assembly()
    {
        Assert.NotNull(_loader.Load(Copy("hello").EditManifest(manifest => manifest["assembly"] = "hello.dll").Read()).Create());
        Assert.Equal(
            new PackageProblem("connector.json", "/assembly", "The package has no file other.dll."),
            Assert.Single(Copy("hello").EditManifest(manifest => manifest["assembly"] = "other.dll").Problems()));
        Assert.StartsWith(
            "Does not use ConnectorPlatform.Contracts",
            Assert.Single(Copy("conflicting").EditManifest(manifest => manifest["assembly"] = "Polly.dll").Problems()).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Two_assemblies_with_connectors_need_a_choice()
    {
        var copy = Copy("hello");
        File.Copy(Path.Combine(PackageCopy.Built("conflicting"), "conflicting.dll"), copy.PathOf("conflicting.dll"));

        Assert.Contains("(conflicting.dll, hello.dll)", Assert.Single(copy.Problems()).Message, StringComparison.Ordinal);
        Assert.Empty(copy.EditManifest(manifest => manifest["assembly"] = "hello.dll").Problems());
    }

    /// <summary>Breaks a package that the catalog has found whole: catalog and loader must both refuse it, for the same one reason.</summary>
    private PackageProblem Refusal(string id, Action<PackageCopy> breakIt)
    {
        var copy = Copy(id);
        var package = copy.Read();
        breakIt(copy);
        var problem = Assert.Single(Assert.Throws<PackageLoadException>(() => _loader.Load(package)).Problems);
        Assert.Equal(problem, Assert.Single(copy.Problems()));
        return problem;
    }

    private PackageCopy Copy(string id) => new(id, _folder.File(Guid.NewGuid().ToString("N")));

    private static string?[] Texts(RecordBatch batch, int ordinal)
    {
        var texts = new string?[batch.Count];
        batch.CopyColumn<string?>(ordinal, texts);
        return texts;
    }
}
