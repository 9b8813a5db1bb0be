using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;

namespace ExampleName;

/// <summary>Reads orders, oldest first, a page at a time.</summary>
public sealed class ExampleNameConnector : IConnector
{
    /// <summary>One record; its properties are the DataSet's columns, and <c>[Key]</c> marks the one that tells records apart.</summary>
    public sealed record Order(
        [property: Key] long Id,
        string Customer,
        [property: Description("open, shipped or cancelled")] string Status,
        decimal Total,
        string? Note,
        DateTimeOffset OrderedAt);

    /// <summary>What the user chose in details.json; a field that is hidden there is null here.</summary>
    private sealed record Details(string? Status);

    /// <summary>A page as the source sends it: <c>{ "orders": [ … ], "has_more": true }</c>.</summary>
    private sealed record Page(IReadOnlyList<Order> Orders, bool HasMore);

    public async IAsyncEnumerable<RecordBatch> ReadAsync(
        ConnectorContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var details = context.Read<Details>(context.Details);
        var filter = details.Status is { } status ? $"&status={Uri.EscapeDataString(status)}" : "";

        // The checkpoint of the last stored batch: an interrupted run goes on from there, and tomorrow's reads only what is new.
        var after = context.State?.GetInt64() ?? 0;
        Page page;
        do
        {
            page = await context.GetAsync<Page>($"orders?after={after}&limit=100{filter}", cancellationToken);
            var last = page.Orders.Count > 0 ? page.Orders[^1].Id : after;
            if (page.HasMore && last == after)
            {
                throw new ConnectorException(FailureKind.Source, $"The source says that more orders follow order {after}, and sends none. Try again later.");
            }

            after = last;
            yield return context.Batch(page.Orders, checkpoint: after);
        }
        while (page.HasMore);
    }
}
