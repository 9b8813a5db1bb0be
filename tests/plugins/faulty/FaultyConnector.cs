using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace ConnectorPlatform.Connectors;

/// <summary>A good connector, but for the one thing that <see cref="Fault"/> names.</summary>
public sealed class FaultyConnector : IConnector
{
    public sealed record Order([property: Key] long Id, string? Note, long Big, decimal Amount, DateOnly Day, DateTimeOffset At, bool? Paid);

    private static readonly List<RecordBatch> Kept = [];

    public FaultyConnector()
    {
        if (Fault.Is("constructor-throws"))
        {
            throw new InvalidOperationException("It was not ready yet.");
        }

        if (Fault.Is("constructor-socket"))
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            socket.Listen();
        }

        if (Fault.Is("constructor-file"))
        {
            File.WriteAllText(Path.Combine(Path.GetTempPath(), "faulty-connector.txt"), "constructed");
        }
    }

    public async IAsyncEnumerable<RecordBatch> ReadAsync(
        ConnectorContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pages = new Pages(context);
        var start = context.State?.GetInt32() ?? 1;
        for (int? number = start; number is { } current;)
        {
            var page = await pages.GetAsync(current, cancellationToken);
            if (page is null || (Fault.Is("last-page-dropped") && page.Next is null && current > start))
            {
                yield break;
            }

            var orders = Records.Of(page.Orders, context, isResumed: context.State is not null && current == start);
            var batch = Records.Batch(context, orders, current, page.Orders.Count == 0 ? current : current + (Fault.Is("resume-skips") ? 2 : 1));
            if (Fault.Is("keeps-batches"))
            {
                Kept.Add(batch);
            }

            yield return batch;
            number = page.Next;
        }
    }
}
