using System.Runtime.CompilerServices;
using System.Text.Json;

namespace ConnectorPlatform.Connectors;

public sealed class MigratingConnector : IConnector
{
    public sealed record Reading(string Details);

    public async IAsyncEnumerable<RecordBatch> ReadAsync(
        ConnectorContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        yield return context.Batch<Reading>([new(context.Details.GetRawText())]);
    }

    // Version 1 knew whom to greet, version 2 knows the whole greeting.
    public JsonElement MigrateDetails(JsonElement details, int fromVersion)
    {
        var name = details.GetProperty("name").GetString()!;
        switch (name)
        {
            case "nobody":
                throw new ConnectorException(FailureKind.Details, "There is no greeting for nobody: choose a greeting.");
            case "null":
                throw new InvalidOperationException("A mistake in the migration.");
            case "list":
                return JsonElement.Parse("[]");
            case "crash":
                Environment.FailFast("The migration gives up.");
                break;
            case var _ when name.StartsWith('/'):
                File.WriteAllText(name, "");
                new ManualResetEvent(false).WaitOne();
                break;
        }

        return JsonSerializer.SerializeToElement(new { greeting = $"Hello {name}", times = fromVersion });
    }
}
