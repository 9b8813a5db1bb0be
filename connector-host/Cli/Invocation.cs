using System.CommandLine;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Runs;

namespace ConnectorPlatform.Host.Cli;

/// <summary>One call of the program: its values, its output, and the platform's parts, made when asked for.</summary>
internal sealed class Invocation(ParseResult parsed, string dataFolder, bool asJson, StopSignals signals) : IAsyncDisposable
{
    private IHost? _host;

    public Output Output { get; } = new(Console.Out, Console.Error, asJson);

    public string DataFolder { get; } = dataFolder;

    public T? Value<T>(Option<T> option) => parsed.GetValue(option);

    public T Value<T>(Argument<T> argument) => parsed.GetValue(argument)!;

    public T Part<T>()
        where T : notnull => Parts.GetRequiredService<T>();

    /// <summary>All parts, for what is made of them and more.</summary>
    public IServiceProvider Parts => (_host ??= Build()).Services;

    /// <summary>The connectors to look at: what is installed, or, since a look makes no data folder, what would be.</summary>
    public ConnectorCatalog LookAtConnectors() => File.Exists(Path.Combine(DataFolder, "platform.json"))
        ? Part<ConnectorCatalog>()
        : new ConnectorCatalog(Part<ConnectorSettings>().Folders, Part<FormCheck>());

    /// <summary>The parts on a data folder whose interrupted runs have been settled.</summary>
    public async Task ReconcileAsync(CancellationToken cancellationToken) =>
        await Part<RunReconciler>().ReconcileAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Runs something in the engine; a signal lets its runs come to their next commit, where they have one.</summary>
    public async Task<T> RunAsync<T>(Func<RunEngine, Task<T>> work)
    {
        var stop = Part<PlatformStop>();
        using var registration = signals.Token.Register(() => _ = stop.StopAsync(signals.IsAtTerminal));
        return await work(Part<RunEngine>()).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync().ConfigureAwait(false);
        }
    }

    private IHost Build()
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddEnvironmentVariables();
        builder.Services.AddPlatform(DataFolder);
        return builder.Build();
    }
}
