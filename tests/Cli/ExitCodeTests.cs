using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Sessions;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Cli;

/// <summary>How the executable ends when a source, a person or another process gets in its way.</summary>
public sealed class ExitCodeTests : IAsyncLifetime
{
    private const string Token = "a-token-for-tests";

    private readonly TemporaryFolder _folder = new();
    private GreetingSource _source = null!;

    private HostProgram Program => new(_folder.File("data"))
    {
        Environment = { ["Connectors__hello__BaseAddress"] = _source.Address.ToString() },
    };

    public async ValueTask InitializeAsync() => _source = await GreetingSource.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(401, 3, "Credentials")]
    [InlineData(404, 4, "Details")]
    [InlineData(500, 5, "Source")]
    [InlineData(406, 6, "Connector")]
    public async Task A_failed_run_tells_who_must_act_by_its_exit_code(int status, int code, string kind)
    {
        await CreateAsync("greetings");
        _source.Instead = context =>
        {
            context.Response.StatusCode = status;
            return Task.FromResult(true);
        };

        var kept = (await Program.RunAsync("dataset", "run", "greetings", "--json")).Ended(code);
        var once = (await Program.RunAsync("run", "--connector", "hello", "--account", "greetings' account", "--json")).Ended(code);

        Assert.Equal(kind, kept.Json.GetProperty("failure").GetProperty("kind").GetString());
        Assert.Equal(("", ""), (kept.Error, once.Output));
        Assert.StartsWith($"Failed ({kind}): ", once.Error, StringComparison.Ordinal);
        Assert.Single(once.Error.TrimEnd().Split('\n'));
        Assert.DoesNotContain(Token, kept.Output + once.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interrupted_run_ends_as_cancelled_and_leaves_the_rows_as_they_were()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGINT for child processes.");
        await CreateAsync("greetings");
        (await Program.RunAsync("dataset", "run", "greetings")).Ended(0);
        var arrived = Hold();

        using var running = Program.Start("dataset", "run", "greetings", "--json");
        await arrived.WaitAsync(TestContext.Current.CancellationToken);
        using var interrupt = Process.Start("kill", ["-INT", running.Id.ToString(CultureInfo.InvariantCulture)]);
        var result = (await HostProgram.EndAsync(running)).Ended(130);

        Assert.Equal("Cancelled", result.Json.GetProperty("state").GetString());
        var shown = (await Program.RunAsync("dataset", "show", "greetings", "--json")).Ended(0).Json;
        Assert.Equal(3, shown.GetProperty("rows").GetInt32());
        Assert.Equal(["Cancelled", "Succeeded"], shown.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("state").GetString()));
    }

    [Fact]
    public async Task What_another_process_uses_is_busy_and_is_not_deleted()
    {
        await CreateAsync("greetings");
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var arrived = Hold(release.Task);
        using var running = Program.Start("dataset", "run", "greetings");
        await arrived.WaitAsync(TestContext.Current.CancellationToken);

        var delete = (await Program.RunAsync("dataset", "delete", "greetings")).Ended(8);
        var account = (await Program.RunAsync("account", "remove", "greetings' account")).Ended(8);
        release.SetResult();
        (await HostProgram.EndAsync(running)).Ended(0);

        Assert.StartsWith("The DataSet \"greetings\" has a run that is running", delete.Error, StringComparison.Ordinal);
        Assert.Contains("is used by \"greetings\"", account.Error, StringComparison.Ordinal);
        Assert.Equal(3, (await Program.RunAsync("dataset", "rows", "greetings", "--json")).Ended(0).Output.TrimEnd().Split('\n').Length);
        (await Program.RunAsync("dataset", "delete", "greetings")).Ended(0);
    }

    [Fact]
    public async Task Every_listing_is_JSON_when_asked_for()
    {
        await CreateAsync("Quote \" and ' – 雪");
        string[][] listings =
        [
            ["connectors"],
            ["account", "list"],
            ["dataset", "list"],
            ["dataset", "show", "Quote \" and ' – 雪"],
            ["dataset", "run", "Quote \" and ' – 雪"],
            ["check", "--connector", "hello"],
            ["dataset", "delete", "Quote \" and ' – 雪"],
            ["account", "remove", "Quote \" and ' – 雪' account"],
        ];
        foreach (var listing in listings)
        {
            Assert.Contains((await Program.RunAsync([.. listing, "--json"])).Ended(0).Json.ValueKind, new[] { JsonValueKind.Object, JsonValueKind.Array });
        }
    }

    private async Task CreateAsync(string name)
    {
        await using var platform = new TestPlatform { DataFolder = _folder.File("data") };
        var package = TestPlatform.Catalog.Find("hello");
        var setup = platform.Part<DataSetSetup>();
        var credentials = JsonSerializer.SerializeToElement(new { access_token = Token });
        var account = await platform.Part<AccountSetup>().AddAsync($"{name}' account", package, credentials, check: false, TestContext.Current.CancellationToken);
        setup.AddDataSet(name, package, new AccountChoice(account), JsonElement.Parse("{}"), UpdateMethod.Replace);
    }

    /// <summary>Holds the source's replies; completes when a request has come.</summary>
    private Task Hold(Task? release = null)
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _source.Instead = async context =>
        {
            arrived.TrySetResult();
            await (release ?? Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default));
            return false;
        };
        return arrived.Task;
    }
}
