using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;

namespace ConnectorPlatform.Connectors;

public sealed class DatedConnector : IConnector
{
    public sealed record Sale([property: Key] long Id, DateOnly Day, string Text);

    private sealed record Details(DateOnly? From, DateOnly? To);

    private sealed record Page(IReadOnlyList<Sale> Sales);

    public async IAsyncEnumerable<RecordBatch> ReadAsync(
        ConnectorContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var details = context.Read<Details>(context.Details);
        if (details.From is not { } from)
        {
            var after = context.State?.GetInt64() ?? 0;
            var page = await context.GetAsync<Page>($"new?after={after}", cancellationToken);
            yield return context.Batch(page.Sales, checkpoint: page.Sales.Count > 0 ? page.Sales[^1].Id : after);
            yield break;
        }

        // Checkpoints that a live run must never see.
        for (var day = context.State is null ? from : throw new ConnectorException(FailureKind.Connector, "Days of the past have no state."); day <= details.To; day = day.AddDays(1))
        {
            var page = await context.GetAsync<Page>($"sales?day={day:yyyy-MM-dd}", cancellationToken);
            yield return context.Batch(page.Sales, checkpoint: day);
        }
    }
}
