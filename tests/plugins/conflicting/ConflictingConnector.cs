using System.Reflection;
using System.Runtime.CompilerServices;
using Newtonsoft.Json;
using Polly;

namespace ConnectorPlatform.Connectors;

/// <summary>Answers with the versions of the libraries that it really runs with, having used each.</summary>
public sealed class ConflictingConnector : IConnector
{
    public sealed record Library(string Name, string Version, string Answer);

    public async IAsyncEnumerable<RecordBatch> ReadAsync(
        ConnectorContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var attempts = 0;
        await Policy.Handle<TimeoutException>().RetryAsync(1).ExecuteAsync(
            () => ++attempts == 1 ? Task.FromException(new TimeoutException()) : Task.CompletedTask);
        yield return context.Batch<Library>(
        [
            Describe(typeof(JsonConvert), JsonConvert.SerializeObject(new[] { 1, 2 })),
            Describe(typeof(Policy), $"{attempts} attempts"),
        ]);
    }

    private static Library Describe(Type type, string answer)
    {
        AssemblyName name = type.Assembly.GetName();
        return new(name.Name!, name.Version!.ToString(), answer);
    }
}
