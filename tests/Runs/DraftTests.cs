using System.Text.Json;
using ConnectorPlatform.Host;
using ConnectorPlatform.Host.Runs.Drafts;
using ConnectorPlatform.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace ConnectorPlatform.Tests.Runs;

public sealed class DraftTests
{
    [Fact]
    public async Task A_draft_is_there_after_a_restart_and_its_secrets_are_not_readable_in_the_store()
    {
        using var folder = new TemporaryFolder();
        string id;
        await using (var before = new TestPlatform { DataFolder = folder.File("data") })
        {
            var drafts = before.Part<DraftStore>();
            id = drafts.Begin("bitly", "sample").Id;
            drafts.Change(id, draft => draft with { Details = JsonElement.Parse("""{ "token": "a-secret-in-the-details" }"""), Tags = ["a", "b"] });
        }

        await using var after = new TestPlatform { DataFolder = folder.File("data") };
        var draft = after.Part<DraftStore>().Get(id);

        Assert.Equal(("bitly", "sample"), (draft.Connector, draft.AccountChoice));
        Assert.Equal("a-secret-in-the-details", draft.Details?.GetProperty("token").GetString());
        Assert.Equal(["a", "b"], draft.Tags);
        Assert.All(
            Directory.EnumerateFiles(folder.File("data"), "metadata*"),
            file => Assert.True(ReadShared(file).AsSpan().IndexOf("a-secret-in-the-details"u8) < 0, file));
    }

    [Fact]
    public async Task A_draft_that_nobody_touches_for_a_month_is_swept_and_another_is_not()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 9, 0, 0, TimeSpan.Zero));
        await using var platform = new TestPlatform { Time = clock };
        var drafts = platform.Part<DraftStore>();
        var (left, touched) = (drafts.Begin("bitly"), drafts.Begin("bitly"));
        clock.Advance(TimeSpan.FromDays(20));
        drafts.Change(touched.Id, draft => draft with { Name = "Still here" });
        clock.Advance(TimeSpan.FromDays(11));

        drafts.Begin("hello");

        Assert.Contains("nobody has touched it for 30 days", Assert.Throws<PlatformException>(() => drafts.Get(left.Id)).Message, StringComparison.Ordinal);
        Assert.Equal("Still here", drafts.Get(touched.Id).Name);
    }

    [Fact]
    public async Task Changes_of_a_draft_at_one_time_keep_each_other()
    {
        await using var platform = new TestPlatform();
        var drafts = platform.Part<DraftStore>();
        var id = drafts.Begin("bitly").Id;

        await Task.WhenAll(Enumerable.Range(0, 12).Select(number => Task.Run(() => drafts.Change(id, draft => draft with { Tags = [.. draft.Tags, $"{number}"] }))));

        Assert.Equal(12, drafts.Get(id).Tags.Count);
    }

    // The database has it open.
    private static byte[] ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var content = new byte[file.Length];
        file.ReadExactly(content);
        return content;
    }
}
