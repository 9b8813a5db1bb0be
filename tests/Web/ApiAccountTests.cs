using System.Text;
using ConnectorPlatform.Host.Accounts;

namespace ConnectorPlatform.Tests.Web;

public sealed class ApiAccountTests : IAsyncLifetime
{
    private const string Secret = "a-token-that-nobody-may-see";

    private ApiClient _api = null!;

    public async ValueTask InitializeAsync() => _api = await ApiClient.StartAsync();

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task An_account_is_added_renamed_given_other_credentials_and_removed()
    {
        var added = (await AddAsync("Marketing")).Is(201);
        var path = added.Location!["/api/v1".Length..];

        Assert.Equal("Marketing", (await _api.GetAsync(path)).Is(200)["name"]);
        Assert.Equal("Sales", (await _api.SendAsync("PATCH", path, new { name = "Sales" })).Is(200)["name"]);
        (await _api.SendAsync("PUT", $"{path}/credentials", new { credentials = new { access_token = "another-token" }, check = false })).Is(200);
        var store = _api.Site.Part<AccountStore>();
        Assert.Equal("another-token", store.Reveal(store.Get("Sales"), "a test").GetProperty("access_token").GetString());
        (await _api.DeleteAsync(path)).Is(204);
        (await _api.GetAsync(path)).Is(404);
    }

    [Fact]
    public async Task No_answer_and_no_page_of_the_store_shows_a_secret()
    {
        var answers = new List<ApiAnswer> { await AddAsync("One", ("Idempotency-Key", "k")), await AddAsync("One", ("Idempotency-Key", "k")), await AddAsync("One") };
        var path = answers[0].Location!["/api/v1".Length..];
        answers.Add(await _api.GetAsync(path));
        answers.Add(await _api.GetAsync("/accounts"));
        answers.Add(await _api.SendAsync("PUT", $"{path}/credentials", new { credentials = new { access_token = Secret, nonsense = Secret }, check = false }));
        answers.Add(await _api.PostAsync("/accounts", new { name = "Two", connector = "bitly", credentials = Secret, check = false }));
        answers.Add(await _api.PostAsync("/accounts", $$"""{ "name": "Two", "credentials": { "access_token": "{{Secret}}" """));

        Assert.All(answers, answer => Assert.DoesNotContain(Secret, answer.Text, StringComparison.Ordinal));
        foreach (var file in Directory.EnumerateFiles(_api.Site.DataFolder, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith("-shm", StringComparison.Ordinal) && !IsHeld(file)))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            Assert.False((await reader.ReadToEndAsync(TestContext.Current.CancellationToken)).Contains(Secret, StringComparison.Ordinal), file);
        }
    }

    // Locks, which hold nothing but that somebody has them.
    private static bool IsHeld(string file) => file.EndsWith(".lock", StringComparison.Ordinal) || file.Contains("/instances/", StringComparison.Ordinal);

    [Fact]
    public async Task Credentials_that_do_not_fit_the_form_are_told_with_the_form_s_paths()
    {
        var answer = (await _api.PostAsync("/accounts", new { name = "x", connector = "bitly", credentials = new { access_tokn = "t" }, check = false })).Is(400);
        var paths = answer.Json.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("path").GetString()).ToList();

        Assert.Contains("/access_tokn", paths);
        Assert.Contains("/access_token", paths);
    }

    [Fact]
    public async Task An_account_in_use_is_not_removed()
    {
        (await AddAsync("Marketing")).Is(201);
        (await _api.PostAsync("/datasets", new { name = "Greetings", connector = "bitly", account = "Marketing", details = new { report = "link_clicks", bitly_link = "https://go.example.com/2FNvHP8" } })).Is(201);

        Assert.Contains("Greetings", (await _api.DeleteAsync("/accounts/Marketing")).Is(409)["detail"], StringComparison.Ordinal);
        Assert.Equal("Greetings", (await _api.GetAsync("/accounts/Marketing")).Is(200).Json.GetProperty("dataSets")[0].GetProperty("name").GetString());
    }

    [Theory]
    [InlineData("sample")]
    [InlineData("")]
    [InlineData("two\nlines")]
    public async Task A_name_that_cannot_be_is_refused(string name) => (await AddAsync(name)).Is(400);

    [Fact]
    public async Task What_is_not_there_is_told()
    {
        (await _api.GetAsync("/accounts/nobody")).Is(404);
        (await _api.PostAsync("/accounts/nobody/test")).Is(404);
        (await _api.PostAsync("/accounts", new { name = "x", connector = "nothing", credentials = new { } })).Is(404);
        Assert.Empty((await _api.GetAsync("/accounts?connector=hello")).Is(200).Json.GetProperty("items").EnumerateArray());
    }

    private Task<ApiAnswer> AddAsync(string name, params (string Name, string Value)[] headers) =>
        _api.PostAsync("/accounts", new { name, connector = "bitly", credentials = new { access_token = Secret }, check = false }, headers);
}
