using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;

namespace ConnectorPlatform.Connectors;

public sealed class RowsConnector : IConnector
{
    public sealed record Sale(
        [property: Key] long Id, string Product, string City, string Note, decimal Price, double Weight, bool IsPaid, DateOnly Day, DateTimeOffset SoldAt, int? Rating);

    private sealed record Page(IReadOnlyList<Sale> Sales, int? NextPage);

    public async IAsyncEnumerable<RecordBatch> ReadAsync(
        ConnectorContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (int? number = context.State?.GetInt32() ?? 1; number is not null;)
        {
            var page = await context.GetAsync<Page>($"sales?page={number}", cancellationToken);
            number = page.NextPage;
            yield return context.Batch(page.Sales, checkpoint: number);
        }
    }
}
