using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Newtonsoft.Json;

namespace ConnectorPlatform.Connectors;

/// <summary>Answers with the versions of the libraries that it really runs with, having used each.</summary>
public sealed partial class NativeConnector : IConnector
{
    public sealed record Library(string Name, string Version);

    public async IAsyncEnumerable<RecordBatch> ReadAsync(
        ConnectorContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return context.Batch<Library>([new(JsonConvert.DeserializeObject<string>("\"json\"")!, typeof(JsonConvert).Assembly.GetName().Version!.ToString(2))]);
        await Task.Yield();
        yield return context.Batch<Library>([new("sqlite", Marshal.PtrToStringUTF8(sqlite3_libversion())!)]);
    }

    [LibraryImport("e_sqlite3")]
    private static partial nint sqlite3_libversion();
}
