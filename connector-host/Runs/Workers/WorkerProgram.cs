using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Connectors.Workers;
using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Runs.Workers;

/// <summary>The role of a worker: <c>connector-host worker</c>, started by a host and by nobody else.</summary>
internal static class WorkerProgram
{
    public const string Verb = "worker";

    /// <summary>Serves until the host is gone. Does not return: a connector's threads must not keep the process.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "The process's last border: what is wrong goes to standard error, where the host reads it.")]
    public static void Run()
    {
        var code = 0;
        try
        {
            var pipe = StandardPipes.Take();
            ConnectorLoader.WarmUp();
            new Worker(pipe, new ConnectorLoader(), new SourceHttp(Limits(), TimeProvider.System), TimeProvider.System).Serve();
        }
        catch (Exception exception)
        {
            Console.Error.WriteLine(exception);
            code = 1;
        }

        StandardPipes.Exit(code);
    }

    private static HttpLimits Limits() =>
        Environment.GetEnvironmentVariable(WorkerLimits.FirstRetryDelayVariable) is { } delay
            ? new() { FirstRetryDelay = TimeSpan.Parse(delay, CultureInfo.InvariantCulture) }
            : new();
}
