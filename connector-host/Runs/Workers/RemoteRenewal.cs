using System.Text.Json;
using ConnectorPlatform.Host.Connectors.Workers;

namespace ConnectorPlatform.Host.Runs.Workers;

/// <summary>Asks the host, which keeps the accounts, for credentials in the place of those that the source has refused. One request at a time asks.</summary>
internal sealed class RemoteRenewal(Action<int> ask)
{
    private static int _lastNumber;

    private volatile Question? _waiting;

    /// <exception cref="ConnectorException">There are no others.</exception>
    public async Task<JsonElement> AskAsync(CancellationToken cancellationToken)
    {
        var waiting = new Question(Interlocked.Increment(ref _lastNumber), new(TaskCreationOptions.RunContinuationsAsynchronously));
        _waiting = waiting;
        ask(waiting.Number);
        var answer = await waiting.Answer.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        return answer.Credentials ?? throw new ConnectorException(answer.Kind, answer.Message);
    }

    public void Answer(RenewedMessage answer)
    {
        if (_waiting is { } waiting && waiting.Number == answer.Number)
        {
            waiting.Answer.TrySetResult(answer);
        }
    }

    private sealed record Question(int Number, TaskCompletionSource<RenewedMessage> Answer);
}
