using System.Text.Json;
using ConnectorPlatform.Connectors.Bitly;
using ConnectorPlatform.Tests.Scenarios;
using Microsoft.Extensions.Time.Testing;

namespace ConnectorPlatform.Tests.Bitly;

/// <summary>Runs the connector over a handler, in UTC and for all units unless the details say otherwise.</summary>
internal sealed class BitlyRun(HttpMessageHandler bitly, DateTimeOffset now)
{
    public CollectingReporter Reporter { get; } = new();

    public ConnectorContext Context(JsonElement details) => new()
    {
        Http = new HttpClient(bitly) { BaseAddress = new Uri("https://bitly.test/v4/") },
        Details = details,
        Reporter = Reporter,
        Time = new FakeTimeProvider(now),
    };

    public async Task<IReadOnlyList<IReadOnlyDictionary<string, object?>>> ReadAsync(JsonElement details)
    {
        var rows = new List<Dictionary<string, object?>>();
        await foreach (var batch in new BitlyConnector().ReadAsync(Context(details), TestContext.Current.CancellationToken))
        {
            var first = rows.Count;
            rows.AddRange(Enumerable.Range(0, batch.Count).Select(_ => new Dictionary<string, object?>()));
            for (var ordinal = 0; ordinal < batch.Columns.Count; ordinal++)
            {
                var values = Values(batch, ordinal);
                for (var row = 0; row < batch.Count; row++)
                {
                    rows[first + row][batch.Columns[ordinal].Name] = values[row];
                }
            }
        }

        return rows;
    }

    public Task<IReadOnlyList<IReadOnlyDictionary<string, object?>>> ReadAsync(object details) =>
        ReadAsync(JsonSerializer.SerializeToElement(details));

    /// <summary>Sum of the clicks or shortens.</summary>
    public async Task<long> TotalAsync(object details, string measure = "clicks") =>
        (await ReadAsync(details)).Sum(row => (long)row[measure]!);

    private static object?[] Values(RecordBatch batch, int ordinal) => batch.Columns[ordinal].Type switch
    {
        ColumnType.Integer => Copy<long?>(batch, ordinal),
        ColumnType.Boolean => Copy<bool?>(batch, ordinal),
        ColumnType.DateTime => Copy<DateTime?>(batch, ordinal),
        _ => Copy<string?>(batch, ordinal),
    };

    private static object?[] Copy<T>(RecordBatch batch, int ordinal)
    {
        var values = new T[batch.Count];
        batch.CopyColumn<T>(ordinal, values);
        return [.. values];
    }
}
