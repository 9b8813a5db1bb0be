using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;

namespace ConnectorPlatform.Connectors;

public sealed class HelloConnector : IConnector
{
    public sealed record Greeting([property: Key] long Id, string Text, decimal Warmth, DateTimeOffset SaidAt);

    private sealed record Page(IReadOnlyList<Greeting> Greetings, bool HasMore);

    public async IAsyncEnumerable<RecordBatch> ReadAsync(
        ConnectorContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var after = context.State?.GetInt64() ?? 0;
        Page page;
        do
        {
            page = await context.GetAsync<Page>($"greetings?after={after}&limit=100", cancellationToken);
            var last = page.Greetings.Count > 0 ? page.Greetings[^1].Id : after;
            after = page.HasMore && last == after ? throw new ConnectorException(FailureKind.Source, $"The pages stand still at {after}.") : last;
            yield return context.Batch(page.Greetings, checkpoint: after);
        }
        while (page.HasMore);
    }
}
