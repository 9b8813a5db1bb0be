using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Http;
using ConnectorPlatform.Host.Runs.Sessions;

namespace ConnectorPlatform.Host.Certification;

/// <summary>The connector that is judged: its package, its samples, and ways to read with it.</summary>
internal sealed class Subject(ConnectorPackage package, SampleTape tape, ConnectorLoader loader) : IDisposable
{
    private const int MostBatches = 20_000;

    private static readonly HttpLimits Limits = new() { AttemptTimeout = QuickTime.Never, TotalDeadline = QuickTime.Never };

    private readonly SourceHttp _http = new(Limits, new QuickTime(tape.Now));

    public ConnectorPackage Package { get; } = package;

    public SampleTape Tape { get; } = tape;

    /// <summary>The details that the samples answer, settled.</summary>
    public required IReadOnlyList<SampleExample> Examples { get; init; }

    /// <summary>The connector's code in this process.</summary>
    public LoadedConnector Loaded => loader.Load(Package);

    public Task<SampleSource> StartSourceAsync(CancellationToken cancellationToken) => SampleSource.StartAsync(Package, Tape, cancellationToken);

    /// <summary>The samples' credentials with a text of that name in the place of each text.</summary>
    public JsonElement CredentialsOf(string name) => Tape.Credentials.ValueKind != JsonValueKind.Object
        ? Tape.Credentials
        : JsonSerializer.SerializeToElement(Tape.Credentials.EnumerateObject().ToDictionary(
            member => member.Name,
            member => member.Value.ValueKind == JsonValueKind.String ? JsonSerializer.SerializeToElement($"{name}-{member.Name}-7f3a9c") : member.Value));

    /// <summary>Opens the connector against a source.</summary>
    public InProcessSession Open(SampleExample example, SampleSource source, IRunReporter reporter, JsonElement? state = null, JsonElement? credentials = null)
    {
        var http = Package.Manifest.Http with { BaseAddress = source.Address, AllowedHosts = [], RateBudget = null };
        var plan = new OperationPlan
        {
            Package = Package with { Manifest = Package.Manifest with { Http = http } },
            Credentials = credentials ?? CredentialsOf("certify"),
            AccountKey = Guid.NewGuid().ToString(),
            UsesSamples = false,
            Now = Tape.Now,
            Details = example.Details,
            State = state,
        };
        return InProcessSession.Open(plan, Loaded, _http, new OperationSinks { Reporter = reporter, Usage = new HttpUsage() }, new QuickTime(Tape.Now));
    }

    /// <summary>Reads to the end, or to the failure, which is part of what is returned.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever the connector throws is what the check looks at.")]
    public async Task<Reading> ReadAsync(
        SampleExample example, SampleSource source, CancellationToken cancellationToken, JsonElement? state = null, JsonElement? credentials = null)
    {
        var reporter = new CollectingReporter();
        var batches = new List<ReadBatch>();
        Exception? failure = null;
        try
        {
            await using var session = Open(example, source, reporter, state, credentials);
            await foreach (var batch in session.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                batches.Add(new ReadBatch(batch.Columns, BatchText.Rows(batch), batch.Checkpoint));
                if (batches.Count == MostBatches)
                {
                    throw new CheckFailedException($"The example \"{example.Name}\" has no end: {MostBatches} batches came.");
                }
            }
        }
        catch (Exception exception) when (exception is not CheckFailedException && !cancellationToken.IsCancellationRequested)
        {
            failure = exception;
        }

        return new Reading { Batches = batches, Failure = failure, Lines = reporter.Lines };
    }

    /// <summary>Reads what the samples say; a failure is the connector's.</summary>
    public async Task<Reading> ReadCalmAsync(SampleExample example, SampleSource source, CancellationToken cancellationToken)
    {
        source.Forget();
        var reading = await ReadAsync(example, source, cancellationToken).ConfigureAwait(false);
        return reading.Failure is null ? reading : throw new CheckFailedException($"The example \"{example.Name}\" fails on its own samples: {reading.Failure.Message}", reading.Failure);
    }

    /// <summary>Does it for every example, with a source of its own.</summary>
    public async Task ForEachAsync(Func<SampleExample, SampleSource, Task> judgeAsync, CancellationToken cancellationToken)
    {
        await using var source = await StartSourceAsync(cancellationToken).ConfigureAwait(false);
        foreach (var example in Examples)
        {
            cancellationToken.ThrowIfCancellationRequested();
            source.Forget();
            await judgeAsync(example, source).ConfigureAwait(false);
        }
    }

    public void Dispose() => _http.Dispose();
}
