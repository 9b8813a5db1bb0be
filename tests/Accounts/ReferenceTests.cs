using System.Text.Json;
using ConnectorPlatform.Host;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.SignIn;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Accounts;

/// <summary>Credentials that name a place instead of a value.</summary>
public sealed class ReferenceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_that_the_operator_allows_is_read_anew_for_every_operation()
    {
        var file = _folder.File("token");
        await File.WriteAllTextAsync(file, "first-token\n", Cancellation);
        await using var platform = Allowing($"file:{_folder.Path}/*");
        var account = await AddAsync(platform, $"file:{file}");

        var first = await TokenAsync(platform, account);
        await File.WriteAllTextAsync(file, "second-token\n", Cancellation);

        Assert.Equal(("first-token", "second-token"), (first, await TokenAsync(platform, account)));
        Assert.Equal($"file:{file}", platform.Part<AccountStore>().Reveal(account, "a test").GetProperty("access_token").GetString());
    }

    [Theory]
    [InlineData("env:PATH")]
    [InlineData("file:/etc/passwd")]
    [InlineData("file:/run/secrets/../../etc/passwd")]
    [InlineData("file:/run/secrets/deeper/token")]
    public async Task What_the_operator_has_not_allowed_is_refused_and_not_read(string reference)
    {
        await using var platform = Allowing("file:/run/secrets/*");

        var exception = await Assert.ThrowsAsync<PlatformException>(() => AddAsync(platform, reference));

        Assert.Contains("is not allowed on this host", exception.Message, StringComparison.Ordinal);
        Assert.Contains("Accounts:References", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task References_within_groups_and_lists_are_read_too_and_all_else_stays_as_it_is()
    {
        var file = _folder.File("token");
        await File.WriteAllTextAsync(file, "the-token\n", Cancellation);
        await using var platform = Allowing($"file:{_folder.Path}/*");
        var credentials = JsonElement.Parse($$"""{ "a": { "b": [{ "c": "file:{{file}}" }, "env", 1.50, null, true, "file:{{file}}"] }, "d": "file:{{file}}", "e": [] }""");

        var resolved = platform.Part<CredentialReferences>().Resolve(credentials);

        Assert.Equal("""{"a":{"b":[{"c":"the-token"},"env",1.50,null,true,"the-token"]},"d":"the-token","e":[]}""", resolved.GetRawText());
        var refused = Assert.Throws<PlatformException>(() => platform.Part<CredentialReferences>().Resolve(JsonElement.Parse("""{ "a": { "b": "file:/etc/passwd" } }""")));
        Assert.Contains("is not allowed on this host", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reference_to_nothing_says_so()
    {
        await using var platform = Allowing("env:*");

        var exception = await Assert.ThrowsAsync<PlatformException>(() => AddAsync(platform, "env:CONNECTOR_PLATFORM_NO_SUCH_VARIABLE"));

        Assert.Contains("points to nothing", exception.Message, StringComparison.Ordinal);
    }

    private static TestPlatform Allowing(string pattern) => new() { Settings = new() { ["Accounts:References:0"] = pattern } };

    private static Task<Account> AddAsync(TestPlatform platform, string token) => platform.Part<AccountSetup>().AddAsync(
        "Referring", platform.Part<ConnectorCatalog>().Find("bitly"), JsonSerializer.SerializeToElement(new { access_token = token }), check: false, Cancellation);

    private static async Task<string?> TokenAsync(TestPlatform platform, Account account) =>
        (await platform.Part<AccountCredentials>().OpenAsync(account, platform.Part<ConnectorCatalog>().Find("bitly"), "a test", Cancellation)).Values.GetProperty("access_token").GetString();
}
