using System.Security.Cryptography;
using ConnectorPlatform.Host;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Accounts;

/// <summary>Keys that are wrapped by a key of the operator's, and their rotation.</summary>
public sealed class KeyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Wrapped_keys_open_with_their_key_alone_and_say_so_otherwise()
    {
        var key = NewKey();
        string id;
        await using (var platform = With(key))
        {
            id = platform.AddAccount("bitly").Id;
        }

        await using (var again = With(key))
        {
            Assert.Equal("a-token-for-tests", Token(again, id));
        }

        var without = Assert.Throws<PlatformException>(() => Token(With(null), id));
        var other = Assert.Throws<PlatformException>(() => Token(With(NewKey()), id));

        Assert.Contains("set Keys:WrappingKey or Keys:WrappingKeyFile", without.Message, StringComparison.Ordinal);
        Assert.Contains("wrapped with another key", other.Message, StringComparison.Ordinal);
        Assert.All(KeyFiles(), file => Assert.DoesNotContain("masterKey", File.ReadAllText(file), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Rotation_wraps_open_keys_changes_the_wrapping_key_and_encrypts_secrets_anew()
    {
        var (first, second) = (NewKey(), NewKey());
        string id;
        await using (var open = With(null))
        {
            id = open.AddAccount("bitly").Id;
        }

        await using (var wrapped = With(first))
        {
            Assert.Equal(1, wrapped.Part<SecretRotation>().Rotate());
        }

        await using (var rewrapped = With(second, first))
        {
            Assert.Equal(1, rewrapped.Part<SecretRotation>().Rotate());
        }

        await using var last = With(second);
        Assert.Equal("a-token-for-tests", Token(last, id));
        Assert.Equal(3, KeyFiles().Length);
        Assert.All(KeyFiles(), file => Assert.DoesNotContain("masterKey", File.ReadAllText(file), StringComparison.Ordinal));
        Assert.Throws<PlatformException>(() => Token(With(first), id));

        // The last key alone opens what is stored: the others protect nothing any more.
        foreach (var file in KeyFiles().OrderBy(File.GetCreationTimeUtc).SkipLast(1))
        {
            File.Delete(file);
        }

        await using var newest = With(second);
        Assert.Equal("a-token-for-tests", Token(newest, id));
    }

    [Theory]
    [InlineData("not base64")]
    [InlineData("c2hvcnQ=")]
    public void A_wrapping_key_that_is_none_says_how_to_make_one(string key)
    {
        var exception = Assert.Throws<PlatformException>(() => With(key).Part<DataFolder>());

        Assert.Contains("openssl rand -base64 32", exception.Message, StringComparison.Ordinal);
    }

    private TestPlatform With(string? key, string? previous = null) => new()
    {
        DataFolder = _folder.File("data"),
        Settings = new() { ["Keys:WrappingKey"] = key, ["Keys:PreviousWrappingKey"] = previous },
    };

    private string[] KeyFiles() => Directory.GetFiles(Path.Combine(_folder.File("data"), "keys"), "key-*.xml");

    private static string Token(TestPlatform platform, string id) =>
        platform.Part<AccountStore>().Reveal(platform.Part<AccountStore>().GetById(id), "a test").GetProperty("access_token").GetString()!;

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
}
