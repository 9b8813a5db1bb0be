using System.Diagnostics.Metrics;
using ConnectorPlatform.Host.Connectors.Workers;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;

namespace ConnectorPlatform.Host.Web.Operations;

/// <summary>What can be counted of the platform at any time; counted when somebody asks.</summary>
internal sealed class PlatformMeter : IDisposable
{
    public const string Name = "ConnectorPlatform.Platform";

    private readonly Meter _meter = new(Name);

    public PlatformMeter(RunStore runs, DataSetConfigurationStore dataSets, WorkerSettings settings, Lazy<WorkerPool> pool)
    {
        Gauge("connector_platform.queue.length", "Runs that wait for their turn, a place or their next attempt.", () => runs.Count(RunState.Queued));
        Gauge("connector_platform.runs.running", "Runs that go on.", () => runs.Count(RunState.Running));
        Gauge("connector_platform.datasets", "DataSets.", () => dataSets.Count());
        Gauge("connector_platform.workers", "Worker processes of this server.", () => settings.IsInProcess ? 0 : pool.Value.Workers.Count);
    }

    public void Dispose() => _meter.Dispose();

    private void Gauge(string name, string description, Func<long> count) => _meter.CreateObservableGauge(name, () => Measured(count), description: description);

    // A store that cannot be read must not keep the other figures from being told.
    private static IEnumerable<Measurement<long>> Measured(Func<long> count)
    {
        try
        {
            return [new Measurement<long>(count())];
        }
        catch (PlatformException)
        {
            return [];
        }
    }
}
