using ConnectorPlatform.Tests.Connectors;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Author;

/// <summary><c>record</c> as an author calls it.</summary>
public sealed class RecordCommandTests : IDisposable
{
    private const string Credentials = $$"""{"access_token":"{{RecordBench.Token}}"}""";

    private readonly TemporaryFolder _folder = new();

    private HostProgram Program => new(_folder.File("data"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Credentials_come_from_standard_input_and_are_not_shown()
    {
        await using var source = await GreetingSource.StartAsync();
        source.Say = _ => RecordBench.Token;
        var program = new HostProgram(_folder.File("data")) { Environment = { ["Connectors__hello__BaseAddress"] = source.Address.ToString() } };

        var result = (await program.RunAsync(["record", "hello", "--into", _folder.File("samples"), "--verbose"], Credentials)).Ended(0);

        Assert.Contains("3 rows, equal to those of the source", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(RecordBench.Token[..8], result.Output + result.Error, StringComparison.Ordinal);
        Assert.Equal(2, Directory.GetFiles(_folder.File("samples")).Length);
    }

    [Fact]
    public async Task A_packages_folder_gets_the_recording_into_its_own_samples()
    {
        await using var source = await GreetingSource.StartAsync();
        var package = new PackageCopy("hello", _folder.File("hello"));
        Directory.Delete(package.PathOf("samples"), recursive: true);
        var program = new HostProgram(_folder.File("data")) { Environment = { ["Connectors__hello__BaseAddress"] = source.Address.ToString() } };

        (await program.RunAsync(["record", package.Folder, "--name", "Live"], Credentials)).Ended(0);

        Assert.Equal(["recorded-live.json", "samples.json"], Directory.GetFiles(package.PathOf("samples")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task An_authors_own_manifest_may_name_a_source_on_this_machine_and_an_installed_one_may_not()
    {
        await using var source = await GreetingSource.StartAsync();
        var package = new PackageCopy("hello", _folder.File("packages", "hello"));
        Directory.Delete(package.PathOf("samples"), recursive: true);
        package.EditManifest(manifest => manifest["http"]!["baseAddress"] = source.Address.ToString());
        var program = new HostProgram(_folder.File("data")) { Environment = { ["Connectors__Folders__0"] = _folder.File("packages") } };

        var installed = await program.RunAsync(["record", "hello", "--into", _folder.File("samples")], Credentials);
        (await program.RunAsync(["record", package.Folder], Credentials)).Ended(0);

        Assert.NotEqual(0, installed.Code);
        Assert.Contains($"adds \"127.0.0.1:{source.Address.Port}\" to the setting Egress:Allow", installed.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("with --into FOLDER", "record", "hello")]
    [InlineData("There is no connector \"helo\"", "record", "helo")]
    [InlineData("name an account of it", "record", "hello", "--into", "x", "--account", "sample")]
    [InlineData("There is no account \"nobody\"", "record", "hello", "--into", "x", "--account", "nobody")]
    [InlineData("holds neither a project nor a connector.json", "record", "/")]
    [InlineData("needs a letter from a to z or a digit", "record", "hello", "--into", "x", "--name", "…")]
    public async Task Wrong_input_is_told_in_one_line(string expected, params string[] arguments)
    {
        var result = (await Program.RunAsync(arguments, Credentials)).Ended(2);

        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.Single(result.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Credentials_that_do_not_fit_the_form_are_refused_without_being_shown()
    {
        var result = (await Program.RunAsync(["record", "hello", "--into", _folder.File("samples")], $$"""{"token":"{{RecordBench.Token}}"}""")).Ended(2);

        Assert.Contains("The credentials are not valid.", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(RecordBench.Token[..8], result.Error, StringComparison.Ordinal);
    }
}
