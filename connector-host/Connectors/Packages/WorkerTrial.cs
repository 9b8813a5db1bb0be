using ConnectorPlatform.Host.Connectors.Workers;

namespace ConnectorPlatform.Host.Connectors.Packages;

/// <summary>Loads packages in workers of their own, where a constructor that crashes, exits or hangs harms nobody.</summary>
internal sealed class WorkerTrial(WorkerPool pool, TimeSpan patience, TimeProvider time) : IDisposable
{
    public static readonly TimeSpan UsualPatience = TimeSpan.FromSeconds(10);

    // Enough that one which hangs holds up no other.
    private readonly SemaphoreSlim _places = new(4);

    /// <returns>Why the package's code cannot be loaded or its connector not be created; null when it can.</returns>
    public async Task<string?> TryAsync(ConnectorPackage package, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using var limit = new CancellationTokenSource(patience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            using var worker = await pool.TakeAsync(package, either.Token).ConfigureAwait(false);
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"When it was tried in a worker, it was not loaded within {patience.TotalSeconds:0.#} seconds: a constructor must not wait for anything.";
        }
        catch (PackageLoadException exception)
        {
            return $"When it was tried in a worker: {exception.Message}";
        }
        catch (WorkerException exception)
        {
            // The end of the host says nothing about the package, which is tried at the next start.
            return pool.IsEnding
                ? throw new OperationCanceledException("The host is ending.", exception)
                : $"When it was tried in a worker: {exception.Message}";
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose() => _places.Dispose();
}
