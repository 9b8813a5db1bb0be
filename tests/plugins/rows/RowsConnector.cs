using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;

namespace ConnectorPlatform.Connectors;

public sealed class RowsConnector : IConnector
{
    public sealed record Sale
    {
        [Key]
        public required long Id { get; init; }

        public required string Product { get; init; }

        public required string City { get; init; }

        public required string Note { get; init; }

        public required decimal Price { get; init; }

        public required double Weight { get; init; }

        public required bool IsPaid { get; init; }

        public required DateOnly Day { get; init; }

        public required DateTimeOffset SoldAt { get; init; }

        public int? Rating { get; init; }
    }

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
