using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Audit;

/// <summary>What the command line changes stands in the log, with who called it; and the verbs of the log itself.</summary>
public sealed class AuditCommandTests : IDisposable
{
    private const string Secret = "audit-canary-91c0fe";

    private readonly TemporaryFolder _folder = new();

    private HostProgram Program => new(_folder.File("data"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Verbs_that_change_something_leave_lines_of_whoever_called_them()
    {
        var dataSet = (await Program.RunAsync("dataset", "create", "Greetings", "--connector", "hello", "--account", "sample", "--json")).Ended(0);
        Assert.DoesNotContain("error", dataSet.Error, StringComparison.OrdinalIgnoreCase);
        (await Program.RunAsync(["account", "add", "Marketing", "--connector", "hello", "--no-check"], $$"""{ "access_token": "{{Secret}}" }""")).Ended(0);
        (await Program.RunAsync("account", "rename", "Marketing", "Sales")).Ended(0);
        (await Program.RunAsync("dataset", "schedule", "Greetings", "add", "every day at 06:00")).Ended(0);
        (await Program.RunAsync("dataset", "run", "Greetings")).Ended(0);
        (await Program.RunAsync("zone", "Asia/Tokyo")).Ended(0);
        (await Program.RunAsync("account", "remove", "Sales")).Ended(0);
        (await Program.RunAsync("connector", "disable", "hello")).Ended(0);

        var lines = (await Program.RunAsync("audit", "list", "--json")).Ended(0);
        var own = lines.Json.EnumerateArray().Where(line => line.GetProperty("actorKind").GetString() == "CommandLine").ToList();
        var told = own.Select(line => $"{line.GetProperty("subjectKind").GetString()} {line.GetProperty("action").GetString()}").Reverse().ToHashSet();

        Assert.Superset(
            new HashSet<string> { "dataset added", "account added", "account renamed", "dataset changed", "dataset run", "setting changed", "account removed", "connector changed" },
            told);
        Assert.All(own, line => Assert.Equal(Environment.UserName, line.GetProperty("actorName").GetString()));
        Assert.DoesNotContain(Secret, lines.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_is_exported_and_verified()
    {
        (await Program.RunAsync("zone", "Asia/Tokyo")).Ended(0);
        var file = _folder.File("audit.csv");

        (await Program.RunAsync("audit", "export", file, "--subject", "setting")).Ended(0);
        var verified = (await Program.RunAsync("audit", "verify", "--json")).Ended(0);
        var head = verified.Json.GetProperty("head").GetString()!;
        (await Program.RunAsync("audit", "verify", "--head", head)).Ended(0);
        var cut = await Program.RunAsync("audit", "verify", "--head", new string('0', 64));

        Assert.Contains("\"zone\"", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.NotEqual(0, cut.Code);
        Assert.Contains("its end was cut off", cut.Error, StringComparison.Ordinal);
        Assert.Contains("no day such as", (await Program.RunAsync("audit", "list", "--from", "soon")).Ended(2).Error, StringComparison.Ordinal);
    }
}
