using System.Text.Json;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Sessions;

namespace ConnectorPlatform.Tests.Workers;

/// <summary>The addresses that the client in a worker reaches are those of the host's settings.</summary>
public sealed class EgressOfWorkersTests
{
    [Theory]
    [InlineData("10.0.0.0/8", true)]
    [InlineData("127.0.0.1:80", false)]
    public async Task A_worker_reaches_a_declared_address_inside_only_when_the_operator_opens_it(string entry, bool isRefused)
    {
        await using var platform = new PlatformWithWorkers(("Egress:Allow:0", entry), ("Connectors:Workers:FirstRetryDelay", "00:00:00.001"));
        var package = platform.Package("rows");
        var account = platform.Part<AccountStore>().Add("Inside", "rows", JsonElement.Parse("{}"), null);

        var run = await platform.Part<OneOffRun>().RunAsync(
            package, new AccountChoice(account), JsonElement.Parse("{}"), _ => { }, TestContext.Current.CancellationToken);

        Assert.Equal(RunState.Failed, run.State);
        Assert.Equal(isRefused ? RunFailureKind.Connector : RunFailureKind.Source, run.Failure!.Kind);
        Assert.Equal(isRefused, run.Failure.Message.Contains("adds \"127.0.0.1:80\" to the setting Egress:Allow", StringComparison.Ordinal));
    }
}
