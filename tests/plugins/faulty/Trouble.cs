using System.Net;

namespace ConnectorPlatform.Connectors;

/// <summary>The faults of a connector that answers a source's trouble itself, instead of leaving it to the platform.</summary>
internal static class Trouble
{
    /// <summary>Shorter than a slow source takes, longer than a quick one does on a slow machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.2);

    /// <param name="end">What says that there is nothing more.</param>
    public static async Task<T> AnswerAsync<T>(string? fault, T end, Func<CancellationToken, Task<T>> askAsync, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var limit = fault is "slow-is-end" or "slow-is-asked-again" ? new CancellationTokenSource(Patience, TimeProvider.System) : new CancellationTokenSource();
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            try
            {
                return await askAsync(either.Token);
            }
            catch (HttpRequestException refusal) when (IsEnd(fault, refusal.StatusCode))
            {
                return end;
            }
            catch (OperationCanceledException) when (fault == "slow-is-end" && limit.IsCancellationRequested)
            {
                return end;
            }
            catch (OperationCanceledException) when (fault == "slow-is-asked-again" && limit.IsCancellationRequested)
            {
                // At once, and for ever.
            }
            catch (HttpRequestException refusal) when (fault == "busy-is-asked-again" && refusal.StatusCode == HttpStatusCode.TooManyRequests)
            {
                // As above.
            }
        }
    }

    private static bool IsEnd(string? fault, HttpStatusCode? status) => fault switch
    {
        "busy-is-end" => status == HttpStatusCode.TooManyRequests,
        "swallows-500" => status == HttpStatusCode.InternalServerError,
        "swallows-502" => status == HttpStatusCode.BadGateway,
        "swallows-503" => status == HttpStatusCode.ServiceUnavailable,
        "cut-is-end" => status is null,
        _ => false,
    };
}
