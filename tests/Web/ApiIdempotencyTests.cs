using ConnectorPlatform.Host;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Host.Web.Api;
using ConnectorPlatform.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace ConnectorPlatform.Tests.Web;

public sealed class ApiIdempotencyTests : IAsyncLifetime
{
    private ApiClient _api = null!;

    public async ValueTask InitializeAsync() => _api = await ApiClient.StartAsync();

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task A_request_that_is_sent_again_is_done_once_and_gets_the_same_answer()
    {
        var first = (await CreateAsync("Greetings", "key")).Is(201);
        var second = (await CreateAsync("Greetings", "key")).Is(201);

        Assert.Equal((first.Text, first.Location, first.Headers.ETag), (second.Text, second.Location, second.Headers.ETag));
        Assert.Equal(["true"], second.Headers.GetValues("Idempotency-Replayed"));
        Assert.Single(_api.Site.Part<DataSetConfigurationStore>().List());
    }

    [Fact]
    public async Task The_key_of_another_request_is_refused()
    {
        (await CreateAsync("Greetings", "key")).Is(201);

        (await CreateAsync("Other", "key")).Is(422);
        (await _api.PostAsync("/datasets/Greetings/duplicate", new { }, ("Idempotency-Key", "key"))).Is(422);
    }

    [Fact]
    public async Task A_request_that_failed_may_be_sent_again()
    {
        (await CreateAsync("", "key")).Is(400);

        (await CreateAsync("Greetings", "key")).Is(201);
    }

    [Fact]
    public async Task Of_many_at_once_one_is_done_and_the_others_wait_or_get_its_answer()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => CreateAsync("Greetings", "key")));

        Assert.All(answers, answer => Assert.True(answer.Status is 201 or 409, answer.Text));
        Assert.Single(answers.Where(answer => answer.Status == 201).Select(answer => answer.Text).Distinct());
        Assert.Single(_api.Site.Part<DataSetConfigurationStore>().List());
    }

    [Fact]
    public async Task A_run_is_started_once()
    {
        (await CreateAsync("Greetings", "key")).Is(201);
        var first = (await _api.PostAsync("/datasets/Greetings/runs", null, ("Idempotency-Key", "run"))).Is(202);
        var second = (await _api.PostAsync("/datasets/Greetings/runs", null, ("Idempotency-Key", "run"))).Is(202);

        Assert.Equal(first["id"], second["id"]);
    }

    [Fact]
    public async Task A_key_that_is_too_long_is_refused() => (await CreateAsync("Greetings", new string('k', 201))).Is(400);

    [Fact]
    public async Task A_key_is_kept_for_a_day_and_what_a_dead_process_left_is_told()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60));
        await using var platform = new TestPlatform { Time = time };
        var store = new IdempotencyStore(platform.Part<MetadataDatabase>(), platform.Part<DataFolder>(), time);

        Assert.Null(store.Claim("key", [1]));
        Assert.Contains("under way", Assert.Throws<PlatformException>(() => store.Claim("key", [1])).Message, StringComparison.Ordinal);
        Assert.Equal(422, Assert.Throws<BadHttpRequestException>(() => store.Claim("key", [2])).StatusCode);
        store.Keep("key", new KeptAnswer(201, new Dictionary<string, string>(), "done"));
        time.Advance(IdempotencyStore.Kept - TimeSpan.FromMinutes(1));
        Assert.Equal("done", store.Claim("key", [1])!.Body);
        time.Advance(TimeSpan.FromMinutes(2));
        Assert.Null(store.Claim("key", [2]));
        platform.Part<MetadataDatabase>().Execute("UPDATE idempotency_keys SET instance = 'a-process-that-died'");
        Assert.Contains("nobody knows whether it was done", Assert.Throws<PlatformException>(() => store.Claim("key", [2])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_starts_frees_the_keys_of_dead_processes_and_no_others()
    {
        await using var platform = new TestPlatform();
        var database = platform.Part<MetadataDatabase>();
        var store = new IdempotencyStore(database, platform.Part<DataFolder>(), TimeProvider.System);
        store.Claim("dead", [1]);
        store.Claim("answered", [1]);
        store.Keep("answered", new KeptAnswer(201, new Dictionary<string, string>(), "done"));
        database.Execute("UPDATE idempotency_keys SET instance = 'a-process-that-died'");
        store.Claim("going on", [1]);

        store.FreeAbandoned();

        Assert.Null(store.Claim("dead", [1]));
        Assert.Equal("done", store.Claim("answered", [1])!.Body);
        Assert.Contains("under way", Assert.Throws<PlatformException>(() => store.Claim("going on", [1])).Message, StringComparison.Ordinal);
    }

    private Task<ApiAnswer> CreateAsync(string name, string key) => _api.PostAsync("/datasets", new { name, connector = "hello" }, ("Idempotency-Key", key));
}
