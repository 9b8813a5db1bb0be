using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace ConnectorPlatform.Host.Cli;

/// <summary>
/// Turns Ctrl+C and the system's request to stop into a cancellation, after which the program has a few seconds to end by itself.
/// A second signal ends it at once.
/// </summary>
[SuppressMessage("Design", "CA2213", Justification = "A signal may come at any moment, also at the last; the source holds no handle.")]
internal sealed class StopSignals : IDisposable
{
    /// <summary>A little less than the ten seconds that those who stop services allow at least.</summary>
    private static readonly TimeSpan EndWithin = TimeSpan.FromSeconds(9.5);

    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations;
    private ITimer? _end;
    private int _signals;

    public StopSignals() => _registrations =
        [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM }.Select(signal => PosixSignalRegistration.Create(signal, Stop))];

    public CancellationToken Token => _source.Token;

    /// <summary>Whether somebody at the terminal wants the program to end, and not the system.</summary>
    public bool IsAtTerminal { get; private set; }

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _end?.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _signals) > 1)
        {
            Environment.Exit(ExitCode.Cancelled);
        }

        IsAtTerminal = context.Signal == PosixSignal.SIGINT;
        _end = TimeProvider.System.CreateTimer(_ => Environment.Exit(ExitCode.Cancelled), null, EndWithin, Timeout.InfiniteTimeSpan);
        _source.Cancel();
    }
}
