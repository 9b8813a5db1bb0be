using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Connectors.Workers;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Http;
using ConnectorPlatform.Host.Runs.Sessions;
using ConnectorPlatform.Host.Runs.Workers;

namespace ConnectorPlatform.Host.Certification;

/// <summary>One connector under its laws: reads its samples in worker processes, which it may hang or kill, from a source on this machine.</summary>
internal sealed class Bench : IDisposable
{
    /// <summary>It has a summer time, so that local times show.</summary>
    private const string Zone = "America/New_York";

    // A connector that ignores its cancellation is given long enough to be told from a slow one. The source is on this machine: nobody is spared by a long wait.
    private static readonly WorkerLimits Limits = new()
    {
        CancelWithin = TimeSpan.FromSeconds(4),
        FirstRetryDelay = TimeSpan.FromMilliseconds(50),
        Unassigned = 0,
        Nice = 0,
        IdleMegabytes = 1024,
    };

    private readonly TimeProvider _time;
    private readonly SourceHttp _http;
    private readonly WorkerPool _pool;
    private readonly ConcurrentDictionary<string, Task<Reading>> _plain = new();
    private readonly string _samples;

    /// <param name="samples">Where the replies lie.</param>
    /// <exception cref="ConnectorException">The samples are missing or cannot be used.</exception>
    public Bench(ConnectorPackage package, string samples, TimeProvider time, string zone = Zone)
    {
        var limits = Limits with { TimeZone = zone };
        (Package, _samples, _time) = (package, samples, time);
        Tape = SampleTape.Load(samples);
        Exchanges = [.. SampleFiles.ReadExchanges(samples).SelectMany(group => group)];
        _http = new(new HttpLimits(), time);
        _pool = new(ChildProgram.Executable, _ => limits, limits, time);
    }

    public ConnectorPackage Package { get; }

    public SampleTape Tape { get; }

    public IReadOnlyList<SampleExchange> Exchanges { get; }

    public IReadOnlyList<SampleExample> Examples => Tape.Examples;

    /// <summary>The samples' credentials, with texts that stand nowhere by chance for their secrets.</summary>
    public JsonElement Canaries(string account)
    {
        var form = Form.Parse(Package.CredentialsForm);
        return JsonSerializer.SerializeToElement(Tape.Credentials.EnumerateObject().ToDictionary(
            member => member.Name,
            member => member.Value.ValueKind == JsonValueKind.String && form.Scope.FieldNamed(member.Name)?.IsSecret == true
                ? JsonSerializer.SerializeToElement(Canary.For(member.Name, account))
                : member.Value));
    }

    public ReadingRequest RequestFor(SampleExample example) => new() { Details = example.Details, Credentials = Canaries("own") };

    /// <summary>The same connector in processes that have read nothing yet.</summary>
    /// <param name="zone">The time zone of their machine.</param>
    public Bench Anew(string zone = Zone) => new(Package, _samples, _time, zone);

    /// <summary>The example as it is recorded; read once.</summary>
    public Task<Reading> PlainAsync(SampleExample example, CancellationToken cancellationToken) =>
        _plain.GetOrAdd(example.Name, _ => ReadAsync(RequestFor(example), CancellationToken.None)).WaitAsync(cancellationToken);

    /// <summary>Reads. A failure of the connector is a result.</summary>
    public async Task<Reading> ReadAsync(ReadingRequest request, CancellationToken cancellationToken)
    {
        await using var source = await TapeSource.StartAsync(Tape, Package.Manifest.Http.BaseAddress, request, cancellationToken).ConfigureAwait(false);
        return await ReadAsync(request, source, _ => { }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>As above, and tells the worker's own memory in megabytes after each batch.</summary>
    public async Task<Reading> ReadAsync(ReadingRequest request, Action<Func<long>> measure, CancellationToken cancellationToken)
    {
        await using var source = await TapeSource.StartAsync(Tape, Package.Manifest.Http.BaseAddress, request, cancellationToken).ConfigureAwait(false);
        return await ReadAsync(request, source, measure, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks the connector for a menu.</summary>
    /// <exception cref="ConnectorException">It has none of that name, or cannot read it.</exception>
    public async Task<(IReadOnlyList<MenuOption>? Options, Failure? Failure, int Unanswered)> MenuAsync(string menu, JsonElement details, CancellationToken cancellationToken)
    {
        var request = new ReadingRequest { Details = details, Credentials = Canaries("own") };
        await using var source = await TapeSource.StartAsync(Tape, Package.Manifest.Http.BaseAddress, request, cancellationToken).ConfigureAwait(false);
        await using var session = await OpenAsync(request, source, new Collector(), _ => { }, cancellationToken).ConfigureAwait(false);
        try
        {
            return (await session.GetMenuAsync(new MenuRequest(menu), cancellationToken).ConfigureAwait(false), null, source.Unanswered);
        }
        catch (Exception exception) when (exception is ConnectorException or WorkerException)
        {
            return (null, FailureTable.Of(exception, SecretMask.None), source.Unanswered);
        }
    }

    public void Dispose()
    {
        _pool.Dispose();
        _http.Dispose();
    }

    private async Task<IConnectorSession> OpenAsync(
        ReadingRequest request, TapeSource source, Collector collector, Action<Func<long>> measure, CancellationToken cancellationToken)
    {
        var http = (Package.Manifest.Http with { BaseAddress = source.BaseAddress, RateBudget = null }).WithBaseAddressOpen();
        var plan = new OperationPlan
        {
            Package = Package with { Manifest = Package.Manifest with { Http = http } },
            Credentials = request.Credentials,
            AccountKey = Guid.NewGuid().ToString("N"),
            UsesSamples = false,
            Details = request.Details,
            State = request.State,
            Now = Tape.Now,
        };
        var worker = await _pool.TakeAsync(Package, cancellationToken).ConfigureAwait(false);
        measure(worker.PrivateMegabytes);
        var sinks = new OperationSinks { Reporter = collector, Usage = new HttpUsage() };
        return new WorkerSession(worker, _pool, plan, sinks, _http.GateOf(plan.AccountKey, http), _time);
    }

    [SuppressMessage("Design", "CA1031", Justification = "However the connector breaks, that is what the law asks about.")]
    private async Task<Reading> ReadAsync(ReadingRequest request, TapeSource source, Action<Func<long>> measure, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(request.Limit, _time);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, source.TooMany.Token, request.Cancel, cancellationToken);
        var (collector, batches, cancelledAt) = (new Collector(), new List<ReadBatch>(), 0L);
        using var cancelled = request.Cancel.Register(() => cancelledAt = _time.GetTimestamp());
        Exception? failure = null;
        try
        {
            await using var session = await OpenAsync(request, source, collector, measure, any.Token).ConfigureAwait(false);
            await foreach (var batch in session.ReadAsync(any.Token).ConfigureAwait(false))
            {
                (request.Visit ?? batches.Add)(ReadBatch.Of(batch));
            }
        }
        catch (Exception exception) when (exception is not PlatformException)
        {
            failure = exception;
        }

        cancellationToken.ThrowIfCancellationRequested();
        return new Reading
        {
            Batches = batches,
            Failure = failure is null ? null : FailureTable.Of(failure, SecretMask.None),
            Particulars = failure?.ToString() ?? "",
            IsEndless = limit.IsCancellationRequested || source.TooMany.IsCancellationRequested,
            Lines = [.. collector.Lines],
            Requests = [.. source.Requests],
            Replayed = source.Replayed.ToHashSet(StringComparer.Ordinal),
            Unanswered = source.Unanswered,
            EndedWithin = cancelledAt == 0 ? TimeSpan.Zero : _time.GetElapsedTime(cancelledAt),
        };
    }

    private sealed class Collector : IRunReporter
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public void Info(string message) => Lines.Enqueue(message);

        public void Warn(string message) => Lines.Enqueue(message);

        public void Progress(long done, long? total = null)
        {
        }
    }
}
