using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Cli;

/// <summary>Runs that wait for approval, and records that cannot be stored, on the command line.</summary>
public sealed class HeldRunCommandTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private GreetingSource _source = null!;

    private HostProgram Program => new(_folder.File("data")) { Environment = { ["Connectors__hello__BaseAddress"] = _source.Address.ToString() } };

    public async ValueTask InitializeAsync()
    {
        _source = await GreetingSource.StartAsync();
        (await Program.RunAsync(["account", "add", "main", "--connector", "hello"], """{ "access_token": "a-token-for-tests" }""")).Ended(0);
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_held_run_is_looked_at_and_approved()
    {
        (await Program.RunAsync("dataset", "create", "greetings", "--connector", "hello", "--account", "main")).Ended(0);
        for (var run = 0; run < 3; run++)
        {
            (await Program.RunAsync("dataset", "run", "greetings")).Ended(0);
        }

        (await Program.RunAsync("dataset", "edit", "greetings", "--off-rows", "50:hold")).Ended(0);
        _source.Greetings = 1;

        var held = (await Program.RunAsync("dataset", "run", "greetings")).Ended(9);
        Assert.Contains("dataset approve", held.Error, StringComparison.Ordinal);
        Assert.Contains("Warning: The run brought 1 row, 66.7 % fewer than the median 3 of the last 3 runs", held.Error, StringComparison.Ordinal);
        Assert.Contains("waits for approval", (await Program.RunAsync("dataset", "run", "greetings")).Ended(8).Error, StringComparison.Ordinal);

        var look = (await Program.RunAsync("dataset", "approve", "greetings", "--dry-run")).Ended(0);
        Assert.Contains("with 1 record; the DataSet has 3 rows", look.Error, StringComparison.Ordinal);
        Assert.Contains("Hello 1", look.Output, StringComparison.Ordinal);
        Assert.Contains("1 row written, 3 removed", (await Program.RunAsync("dataset", "approve", "greetings")).Ended(0).Output, StringComparison.Ordinal);
        Assert.Contains("No run", (await Program.RunAsync("dataset", "reject", "greetings")).Ended(2).Error, StringComparison.Ordinal);
        Assert.Single((await Program.RunAsync("dataset", "rows", "greetings", "--json")).Ended(0).Output.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task A_wrong_percentage_is_told()
    {
        var refused = (await Program.RunAsync("dataset", "create", "x", "--connector", "hello", "--account", "main", "--off-rows", "much:hold")).Ended(2);

        Assert.Contains("--off-rows much:hold: write a percentage", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Records_in_the_quarantine_are_shown_with_their_reason_and_discarded()
    {
        (await Program.RunAsync("dataset", "create", "greetings", "--connector", "hello", "--account", "main", "--update", "Upsert", "--key", "text", "--most-quarantined", "2", "--repeated-keys", "LastWins")).Ended(0);
        _source.Instead = async context =>
        {
            await Microsoft.AspNetCore.Http.HttpResponseJsonExtensions.WriteAsJsonAsync(context.Response, new { greetings = new[] { new { id = 7, text = (string?)null, warmth = 0.5, said_at = "2026-10-30T12:00:00Z" } }, has_more = false });
            return true;
        };

        (await Program.RunAsync("dataset", "run", "greetings")).Ended(0);

        var listed = (await Program.RunAsync("dataset", "quarantine", "greetings")).Ended(0).Output;
        Assert.Contains("1 record could not be stored.", listed, StringComparison.Ordinal);
        Assert.Contains("No value in the key column \"text\"", listed, StringComparison.Ordinal);
        Assert.Contains("id=7, text=null", listed, StringComparison.Ordinal);
        Assert.Contains("exclude", (await Program.RunAsync("dataset", "quarantine", "greetings", "--replay", "--discard")).Ended(2).Error, StringComparison.Ordinal);
        (await Program.RunAsync("dataset", "quarantine", "greetings", "--replay")).Ended(0);
        Assert.Contains("1 record is forgotten", (await Program.RunAsync("dataset", "quarantine", "greetings", "--discard")).Ended(0).Output, StringComparison.Ordinal);
        Assert.Contains("is empty", (await Program.RunAsync("dataset", "quarantine", "greetings")).Ended(0).Output, StringComparison.Ordinal);
    }
}
