using System.Text.Json;
using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Certification;

/// <summary>Bronze: how a connector behaves as a guest.</summary>
internal static class ContractChecks
{
    /// <summary>How long a cancelled reading may go on.</summary>
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(2);

    public static readonly IReadOnlyList<Check> All =
    [
        new("constructor-io", CertificateLevel.Bronze, "The constructor opens no connection and touches no file.", ConstructAsync),
        new("cancellation", CertificateLevel.Bronze, "A cancelled reading ends within two seconds, between pages and in the middle of a request.", CancelAsync),
        new("accounts-apart", CertificateLevel.Bronze, "Two accounts share nothing: each asks for its own data with its own credentials.", KeepApartAsync),
    ];

    private static Task ConstructAsync(Subject subject, CancellationToken cancellationToken)
    {
        // The loader reads the package's files; only what the constructor does after that counts.
        _ = subject.Loaded;
        using var traces = new ConstructionTraces(subject.Package.Folder);
        subject.Loaded.Create();
        var found = traces.Find();
        return found.Count == 0
            ? Task.CompletedTask
            : throw new CheckFailedException($"The constructor {string.Join(", ", found)}. Do it in the operation that needs it: listing and opening connectors must cost nothing.");
    }

    private static Task CancelAsync(Subject subject, CancellationToken cancellationToken) => subject.ForEachAsync(async (example, source) =>
    {
        await subject.ReadCalmAsync(example, source, cancellationToken).ConfigureAwait(false);
        var requests = source.Requests.Count;
        foreach (var at in new[] { 1, requests }.Distinct().Where(at => at > 0))
        {
            await CancelInRequestAsync(subject, example, source, at, cancellationToken).ConfigureAwait(false);
        }

        await CancelBetweenPagesAsync(subject, example, source, cancellationToken).ConfigureAwait(false);
    }, cancellationToken);

    private static async Task CancelInRequestAsync(Subject subject, SampleExample example, SampleSource source, int at, CancellationToken cancellationToken)
    {
        source.Forget();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        source.Interfere = async (context, number) =>
        {
            if (number != at)
            {
                return false;
            }

            arrived.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return true;
        };
        var reading = OnThreadAsync(() => ReadQuietlyAsync(subject, example, source, cancel.Token));
        await Task.WhenAny(arrived.Task, reading).ConfigureAwait(false);
        await EndsAsync(reading, cancel, $"The example \"{example.Name}\", cancelled while the source was answering request {at},").ConfigureAwait(false);
    }

    private static async Task CancelBetweenPagesAsync(Subject subject, SampleExample example, SampleSource source, CancellationToken cancellationToken)
    {
        source.Forget();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reading = OnThreadAsync(() => ReadQuietlyAsync(subject, example, source, cancel.Token, () =>
        {
            first.TrySetResult();
            cancel.Cancel();
        }));
        await Task.WhenAny(first.Task, reading).ConfigureAwait(false);
        await EndsAsync(reading, cancel, $"The example \"{example.Name}\", cancelled after its first batch,").ConfigureAwait(false);
    }

    private static async Task EndsAsync(Task reading, CancellationTokenSource cancel, string what)
    {
        await cancel.CancelAsync().ConfigureAwait(false);
        try
        {
            await reading.WaitAsync(StopWithin, TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            throw new CheckFailedException($"{what} went on for more than {StopWithin.TotalSeconds:0} seconds. Pass the cancellation token to every call, and ask it in loops.", exception);
        }
    }

    private static async Task ReadQuietlyAsync(
        Subject subject, SampleExample example, SampleSource source, CancellationToken cancellationToken, Action? atFirstBatch = null)
    {
        await using var session = subject.Open(example, source, new CollectingReporter());
        try
        {
            await foreach (var _ in session.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                atFirstBatch?.Invoke();
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ConnectorException or HttpRequestException)
        {
            // However it ends, it ends.
        }
    }

    private static async Task KeepApartAsync(Subject subject, CancellationToken cancellationToken)
    {
        if (subject.Tape.Credentials.ValueKind != JsonValueKind.Object || !subject.Tape.Credentials.EnumerateObject().Any())
        {
            throw new CheckNotApplicableException("The connector has no credentials.");
        }

        await subject.ForEachAsync(async (example, source) =>
        {
            var (first, firstRequests) = await ReadAsAsync(subject, example, source, "first", cancellationToken).ConfigureAwait(false);
            var (second, secondRequests) = await ReadAsAsync(subject, example, source, "second", cancellationToken).ConfigureAwait(false);
            if (secondRequests.Any(request => request.Contains("first-", StringComparison.Ordinal)))
            {
                throw new CheckFailedException($"The example \"{example.Name}\": the second account's requests carry the first account's credentials. Keep nothing of an operation in static members.");
            }

            var addresses = firstRequests.Select(request => request.Replace("first-", "second-", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
            if (!addresses.SequenceEqual(secondRequests.Order(StringComparer.Ordinal)) || !first.Rows.SequenceEqual(second.Rows))
            {
                throw new CheckFailedException(
                    $"The example \"{example.Name}\": the second account got other requests ({secondRequests.Count} instead of {firstRequests.Count}) or rows than the first, though the source answers both alike. Keep nothing of an operation in static members.");
            }
        }, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<(Reading Reading, IReadOnlyList<string> Requests)> ReadAsAsync(
        Subject subject, SampleExample example, SampleSource source, string account, CancellationToken cancellationToken)
    {
        source.Forget();
        var reading = await subject.ReadAsync(example, source, cancellationToken, credentials: subject.CredentialsOf(account)).ConfigureAwait(false);
        return (reading, [.. source.Requests.Select(request => $"{request.Address}\n{request.Headers}")]);
    }

    // A connector that blocks its thread must not block the judge.
    private static Task OnThreadAsync(Func<Task> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
}
