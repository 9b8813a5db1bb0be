using ConnectorPlatform.Host;
using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.People.Storage;
using ConnectorPlatform.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace ConnectorPlatform.Tests.People;

/// <summary>What expires, what locks, and which passwords are taken.</summary>
public sealed class PeopleStoreTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));
    private readonly TestPlatform _platform;

    public PeopleStoreTests() => _platform = new TestPlatform { Time = _time };

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _platform.DisposeAsync();

    [Fact]
    public void A_session_that_is_not_used_ends_and_one_that_is_used_ends_too_in_the_end()
    {
        var person = _platform.Part<PersonStore>().Add("vera", Role.Viewer);
        var sessions = _platform.Part<SessionStore>();
        var (idle, used) = (sessions.Open(person.Id, "10.0.0.1", "a"), sessions.Open(person.Id, "10.0.0.1", "b"));
        var age = TimeSpan.Zero;
        for (; age < TimeSpan.FromDays(7); age += TimeSpan.FromHours(7))
        {
            Assert.NotNull(sessions.Find(used));
            _time.Advance(TimeSpan.FromHours(7));
        }

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(sessions.Find(idle));
        Assert.Null(sessions.Find(used));
        Assert.Empty(sessions.ListOf(person.Id));
    }

    [Fact]
    public void Each_further_failure_makes_the_name_wait_longer_up_to_an_hour()
    {
        var attempts = _platform.Part<SignInAttempts>();
        var waits = new List<double>();
        for (var attempt = 0; attempt < 18; attempt++)
        {
            // From elsewhere each time, so that the name alone counts.
            Assert.Null(attempts.Begin("vera", $"10.0.0.{attempt}"));
            if (attempts.Begin("Vera ", "10.9.9.9") is { } until)
            {
                waits.Add((until - _time.GetUtcNow()).TotalSeconds);
                _time.SetUtcNow(until);
            }
            else
            {
                attempt++;
            }
        }

        Assert.Equal([15, 30, 60], waits.Take(3));
        Assert.Equal(3600, waits[^1]);
    }

    [Fact]
    public void An_address_that_tries_many_names_waits_and_all_of_an_IPv6_network_is_one()
    {
        var attempts = _platform.Part<SignInAttempts>();
        for (var attempt = 0; attempt < 30; attempt++)
        {
            Assert.Null(attempts.Begin($"name {attempt}", $"2001:db8:1:2::{attempt:x}"));
        }

        Assert.NotNull(attempts.Begin("vera", "2001:db8:1:2:ffff::1"));
        Assert.Null(attempts.Begin("vera", "2001:db8:1:3::1"));
    }

    [Fact]
    public async Task Many_attempts_at_once_are_not_more_than_one_after_another()
    {
        var attempts = _platform.Part<SignInAttempts>();
        var begun = await Task.WhenAll(Enumerable.Range(0, 40).Select(index => Task.Run(() => attempts.Begin("vera", $"10.0.0.{index}"), TestPlatform.Cancellation)));

        Assert.Equal(5, begun.Count(until => until is null));
    }

    [Fact]
    public void A_link_and_a_token_expire()
    {
        var person = _platform.Part<PersonStore>().Add("vera", Role.Viewer);
        var (links, tokens) = (_platform.Part<OneTimeLinkStore>(), _platform.Part<ApiTokenStore>());
        var link = links.Open(LinkPurpose.Password, person.Id);
        var (_, token) = tokens.Add(person.Id, "script", [TokenScope.Read], TimeSpan.FromDays(1));
        _time.Advance(TimeSpan.FromDays(1) - TimeSpan.FromSeconds(1));
        Assert.NotNull(links.Find(link));
        Assert.NotNull(tokens.Find(token));
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(links.Find(link));
        Assert.False(links.TryUse(link));
        Assert.Null(tokens.Find(token));
    }

    [Fact]
    public async Task Transactions_that_are_committed_together_are_each_done_for_their_own_viewer()
    {
        var database = _platform.Part<MetadataDatabase>();
        var seen = await Task.WhenAll(Enumerable.Range(0, 200).Select(index => Task.Run(
            () =>
            {
                Viewer.Current = new Viewer($"{index}", SeesAll: false);
                return database.Together(() => Viewer.Filter);
            },
            TestPlatform.Cancellation)));

        Assert.Equal(Enumerable.Range(0, 200).Select(index => $"{index}"), seen);
    }

    [Fact]
    public void Neither_passwords_nor_keys_are_in_the_data_folder()
    {
        var person = _platform.Part<PersonStore>().Add("vera", Role.Viewer);
        _platform.Part<Passwords>().Set(person, PeopleSite.Password);
        string[] secrets =
        [
            PeopleSite.Password,
            _platform.Part<SessionStore>().Open(person.Id, "10.0.0.1", "a"),
            _platform.Part<OneTimeLinkStore>().Open(LinkPurpose.Password, person.Id),
            _platform.Part<ApiTokenStore>().Add(person.Id, "script", [TokenScope.Read], TimeSpan.FromDays(1)).Key,
        ];

        var stored = Directory.EnumerateFiles(_platform.DataFolder, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)).Select(ReadOpen).ToList();
        Assert.Contains(stored, text => text.Contains("vera", StringComparison.Ordinal));
        Assert.All(secrets, secret => Assert.DoesNotContain(stored, text => text.Contains(secret, StringComparison.Ordinal)));
    }

    // A database that is open is shared.
    private static string ReadOpen(string file)
    {
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), System.Text.Encoding.Latin1);
        return reader.ReadToEnd();
    }

    [Theory]
    [InlineData("short")]
    [InlineData("elevenchars")]
    [InlineData("password1234")]
    [InlineData("Password123!")]
    [InlineData("123456789012")]
    [InlineData("qwertyuiop12")]
    [InlineData("aaaaaaaaaaaaaaaa")]
    [InlineData("abababababab")]
    [InlineData("administrator1")]
    [InlineData("vera.example123")]
    public void Passwords_that_are_tried_first_are_refused(string password) =>
        Assert.Throws<PlatformException>(() => PasswordRules.Check(password, "vera.example@example.com"));

    [Theory]
    [InlineData("correct horse battery staple")]
    [InlineData("purple lamp runs")]
    [InlineData("x7#kPz!q93Lm")]
    [InlineData("пароль из слов")]
    public void Passwords_are_taken_when_they_are_long(string password) => PasswordRules.Check(password, "vera.example@example.com");
}
