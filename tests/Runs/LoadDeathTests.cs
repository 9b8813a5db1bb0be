using ConnectorPlatform.Host.Connectors.Workers;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Sessions;
using ConnectorPlatform.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace ConnectorPlatform.Tests.Runs;

/// <summary>A worker that dies while it loads a connector, as one may whose memory is taken, before the operation begins.</summary>
public sealed class LoadDeathTests : IAsyncDisposable
{
    private const string Words = "The connector's process ended by signal SIGKILL while it was asked to load hello.";

    private readonly TestPlatform _platform = new() { Replace = services => services.AddSingleton<IConnectorIsolation>(new Dying()) };

    public ValueTask DisposeAsync() => _platform.DisposeAsync();

    [Fact]
    public async Task It_is_the_answer_of_a_check_and_the_account_is_not_refused_by_it()
    {
        var account = _platform.AddAccount("hello");

        var check = await _platform.Part<AccountSetup>().TestAsync(account, TestPlatform.Cancellation);

        Assert.Equal((Words, false), (check.Failure, check.IsRefused));
    }

    [Fact]
    public async Task It_fails_a_run_as_the_connectors_fault()
    {
        var run = await _platform.RunAsync(_platform.AddDataSet("hello"));

        Assert.Equal(new RunFailure(RunFailureKind.Connector, Words), run.Failure);
    }

    private sealed class Dying : IConnectorIsolation
    {
        public Task<IConnectorSession> OpenAsync(OperationPlan plan, OperationSinks sinks, CancellationToken cancellationToken) => throw new WorkerException(Words);
    }
}
