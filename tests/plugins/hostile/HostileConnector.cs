using System.Runtime.CompilerServices;

namespace ConnectorPlatform.Connectors;

/// <summary>Delivers one batch, does its deed, and delivers a second batch if it still can.</summary>
public sealed class HostileConnector : IConnector
{
    public sealed record Line(long Number, string? Text);

    public async IAsyncEnumerable<RecordBatch> ReadAsync(
        ConnectorContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return context.Batch([new Line(1, "before")], checkpoint: 1);
        var deed = context.Details.GetProperty("deed").GetString()!;
        if (Batches.TryGetValue(deed, out var make))
        {
            foreach (var batch in make(context))
            {
                yield return batch;
            }
        }
        else
        {
            await Deeds.ByName[deed](context, cancellationToken);
        }

        yield return context.Batch([new Line(2, "after")], checkpoint: 2);
    }

    private static readonly Dictionary<string, Func<ConnectorContext, IEnumerable<RecordBatch>>> Batches = new()
    {
        ["gigabyte-record"] = context => [context.Batch([new Line(3, new string('x', 1 << 29))])],
        ["large-record"] = context => [context.Batch([new Line(3, new string('x', 70 << 20))])],
        ["half-surrogate"] = context => [context.Batch([new Line(3, "\ud800")])],
        ["wrong-width"] = context => [context.BatchOfRows([new("number", ColumnType.Integer), new("text", ColumnType.String)], [[1, "one"], [2]])],
        ["backward-checkpoint"] = context =>
        [
            context.Batch([new Line(3, "further")], checkpoint: new { page = 3 }),
            context.Batch([new Line(1, "again")], checkpoint: 1),
        ],
        ["slow-pages"] = context => Enumerable.Range(0, 20).Select(page => context.Batch([.. Enumerable.Range(0, 50_000).Select(i => new Line(i, "row"))])),
    };
}
