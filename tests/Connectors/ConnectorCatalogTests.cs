using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Connectors;

public sealed class ConnectorCatalogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Packages_are_found_by_version_folder_by_plain_folder_and_when_the_folder_is_one()
    {
        Copy("hello", "hello", "1.0.0");
        Copy("conflicting", "anything");
        var itself = new PackageCopy("throwing-constructor", _folder.File("apart", "mine"));

        var catalog = new ConnectorCatalog([_folder.File("packages"), itself.Folder], PackageCopy.AnyForm);

        Assert.Equal(["conflicting", "hello", "throwing-constructor"], catalog.Packages.Select(package => package.Manifest.Id));
        Assert.Empty(catalog.Broken);
    }

    [Fact]
    public void Hidden_folders_and_folders_being_copied_are_not_looked_into()
    {
        Copy("hello", ".hello");
        Copy("hello", "hello.tmp");
        Copy("hello", "hello", "1.0.0.tmp");

        var catalog = Catalog();

        Assert.Empty(catalog.Packages);
        Assert.Empty(catalog.Broken);
    }

    [Fact]
    public void A_broken_package_is_listed_with_every_reason_and_the_others_stay_usable()
    {
        Copy("hello", "hello");
        var broken = Copy("conflicting", "other").Delete("Polly.dll").Write("details.json", "{").Write("credentials.json", "{}")
            .EditManifest(manifest =>
            {
                manifest["version"] = "one";
                manifest["http"]!["maxConcurrency"] = 0;
                manifest["categry"] = "Tests";
            });

        var catalog = Catalog((file, _) => [new(file, "/properties/key", "No title.")]);

        Assert.Equal("hello", Assert.Single(catalog.Packages).Manifest.Id);
        var found = Assert.Single(catalog.Broken);
        Assert.Equal((broken.Folder, "conflicting", "one"), (found.Folder, found.Id, found.Version));
        Assert.Equal(
            [
                ("connector.json", "/version"), ("connector.json", "/http/maxConcurrency"), ("connector.json", "/categry"),
                ("credentials.json", "/properties/key"), ("details.json", ""), ("Polly.dll", ""),
            ],
            found.Problems.Select(problem => (problem.File, problem.Pointer)));
    }

    [Fact]
    public void A_syntax_error_is_reported_with_line_and_column()
    {
        Copy("hello", "hello").Write("connector.json", "{\n  \"id\": \"hello\",\n  \"name\": Hello\n}");

        var broken = Assert.Single(Catalog().Broken);

        Assert.StartsWith("Line 3, column 11: not valid JSON.", Assert.Single(broken.Problems).Message, StringComparison.Ordinal);
        Assert.Equal("hello", broken.Id);
    }

    [Fact]
    public void A_member_that_stands_twice_is_refused()
    {
        Copy("hello", "hello").Write("details.json", """{ "type": "object", "type": "object" }""");

        var problem = Assert.Single(Assert.Single(Catalog().Broken).Problems);

        Assert.Equal("details.json", problem.File);
        Assert.Contains("'type'", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_byte_order_mark_is_no_error()
    {
        var hello = Copy("hello", "hello");
        hello.Write("connector.json", "\uFEFF" + File.ReadAllText(hello.PathOf("connector.json")));

        Assert.Single(Catalog().Packages);
    }

    [Fact]
    public void The_highest_version_is_the_one_that_is_found_and_the_list_keeps_all()
    {
        foreach (var version in new[] { "1.9.0", "1.10.0", "1.10.0-rc.2", "1.2.0" })
        {
            Copy("hello", "hello", version).EditManifest(manifest => manifest["version"] = version);
        }

        var catalog = Catalog();

        Assert.Equal(["1.10.0", "1.10.0-rc.2", "1.9.0", "1.2.0"], catalog.Packages.Select(package => package.Manifest.Version));
        Assert.Equal("1.10.0", catalog.Find("hello").Manifest.Version);
        Assert.Equal("1.2.0", catalog.Find("hello", "1.2.0").Manifest.Version);
    }

    [Fact]
    public void The_same_version_twice_leaves_the_first_in_use_and_names_both_folders()
    {
        var first = Copy("hello", "a");
        var second = Copy("hello", "b");

        var catalog = Catalog();

        Assert.Equal(first.Folder, Assert.Single(catalog.Packages).Folder);
        var broken = Assert.Single(catalog.Broken);
        Assert.Equal(second.Folder, broken.Folder);
        Assert.Contains(first.Folder, Assert.Single(broken.Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_cannot_be_read_is_reported()
    {
        File.WriteAllText(_folder.File("file"), "");

        var catalog = new ConnectorCatalog([_folder.File("absent"), _folder.File("file")], PackageCopy.AnyForm);

        Assert.Equal([_folder.File("absent"), _folder.File("file")], catalog.Broken.Select(broken => broken.Folder));
    }

    [Fact]
    public void A_manifest_that_cannot_be_read_is_reported()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has a file whose reading fails even for root.");
        var hello = Copy("hello", "hello").Delete("connector.json");
        File.CreateSymbolicLink(hello.PathOf("connector.json"), "/proc/self/mem");

        var problem = Assert.Single(Assert.Single(Catalog().Broken).Problems);

        Assert.Equal("connector.json", problem.File);
        Assert.StartsWith("Cannot be read:", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_form_check_that_throws_breaks_only_its_package()
    {
        Copy("conflicting", "conflicting");
        Copy("hello", "hello").Write("details.json", "[]");

        var catalog = Catalog((_, _) => throw new InvalidOperationException("The form is a list."));

        Assert.Equal("conflicting", Assert.Single(catalog.Packages).Manifest.Id);
        Assert.Equal("Cannot be read: The form is a list.", Assert.Single(Assert.Single(catalog.Broken).Problems).Message);
    }

    [Fact]
    public void An_unknown_id_is_answered_with_the_nearest_and_all_known()
    {
        Copy("hello", "hello");
        Copy("conflicting", "conflicting");

        var near = Assert.Throws<ConnectorNotFoundException>(() => Catalog().Find("Helo"));
        var far = Assert.Throws<ConnectorNotFoundException>(() => Catalog().Find("salesforce"));

        Assert.Equal("There is no connector \"Helo\". Did you mean \"hello\"? Installed are conflicting, hello.", near.Message);
        Assert.Equal("There is no connector \"salesforce\". Installed are conflicting, hello.", far.Message);
    }

    [Fact]
    public void An_unknown_version_is_answered_with_the_installed_ones()
    {
        Copy("hello", "hello");

        var exception = Assert.Throws<ConnectorNotFoundException>(() => Catalog().Find("hello", "3.0.0"));

        Assert.Equal("Connector \"hello\" has no version 3.0.0; installed are 1.0.0.", exception.Message);
    }

    [Fact]
    public void Asking_for_a_broken_connector_tells_why_it_is_broken()
    {
        Copy("hello", "hello", "1.0.0").Write("connector.json", "{}");

        var exception = Assert.Throws<ConnectorNotFoundException>(() => Catalog().Find("hello"));

        Assert.Contains("connector.json /http: Missing", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Asking_an_empty_host_names_the_folders()
    {
        Directory.CreateDirectory(_folder.File("packages"));

        var exception = Assert.Throws<ConnectorNotFoundException>(() => Catalog().Find("hello"));

        Assert.Contains(_folder.File("packages"), exception.Message, StringComparison.Ordinal);
    }

    private PackageCopy Copy(string id, params string[] place) => new(id, _folder.File(["packages", .. place]));

    private ConnectorCatalog Catalog(FormCheck? checkForm = null) => new([_folder.File("packages")], checkForm ?? PackageCopy.AnyForm);
}
