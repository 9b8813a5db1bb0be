using System.Runtime.CompilerServices;
using System.Text.Json;

namespace ConnectorPlatform.Connectors;

public sealed class VersionedConnector : IConnector
{
    public sealed record Sighting(int Number, string Version);

    public async IAsyncEnumerable<RecordBatch> ReadAsync(
        ConnectorContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var number = 1; number <= 5; number++)
        {
            yield return context.Batch<Sighting>([new(number, VersionOnDisk())]);
            await Task.Delay(TimeSpan.FromMilliseconds(20), context.Time, cancellationToken);
        }
    }

    // Read anew each time: a run whose files are taken away or changed under it shows.
    private static string VersionOnDisk()
    {
        var folder = Path.GetDirectoryName(typeof(VersionedConnector).Assembly.Location)!;
        return JsonElement.Parse(File.ReadAllBytes(Path.Combine(folder, "connector.json"))).GetProperty("version").GetString()!;
    }
}
