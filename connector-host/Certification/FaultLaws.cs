using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using ConnectorPlatform.Host.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace ConnectorPlatform.Host.Certification;

/// <summary>What passes by itself changes nothing; what does not ends the reading in words.</summary>
internal static class FaultLaws
{
    /// <summary>Attempts of the platform's client, for each of which the source sees a request.</summary>
    private const int Attempts = 5;

    /// <summary>How often a connector may ask by itself for what was slow.</summary>
    private const int Retries = 2;

    private static readonly byte[] Page = "<!doctype html><html><body>Please sign in</body></html>"u8.ToArray();

    public static IEnumerable<Law> For(Bench bench) =>
    [
        Passing(bench, "faults.429", "A 429 that asks to wait changes nothing.", turn => BusyAsync(turn, retryAfter: 1)),
        Passing(bench, "faults.429-plain", "A 429 that says nothing changes nothing.", turn => BusyAsync(turn, retryAfter: null)),
        Passing(bench, "faults.503", "A 503 that passes changes nothing.", turn => turn.AnswerAsync(503, "busy", "text/plain")),
        Passing(bench, "faults.502", "A 502 that passes changes nothing.", turn => turn.AnswerAsync(502, "busy", "text/plain")),
        new("faults.slow", CertificateLevel.Gold, "A body that comes slowly, each time that it is asked for, changes nothing.", token => SlowAsync(bench, token)),
        Passing(bench, "faults.cut", "A body that is cut off changes nothing, as it is asked for again.", CutAsync),
        Lasting(bench, "faults.429-lasting", "A 429 that asks to wait an hour ends the reading as trouble of the source.", turn => BusyAsync(turn, retryAfter: 3_600), FailureKind.Source),
        Lasting(bench, "faults.503-lasting", "A 503 that lasts ends the reading as trouble of the source.", turn => turn.AnswerAsync(503, "busy", "text/plain"), FailureKind.Source),
        Lasting(bench, "faults.502-lasting", "A 502 that lasts ends the reading as trouble of the source.", turn => turn.AnswerAsync(502, "busy", "text/plain"), FailureKind.Source),
        Lasting(bench, "faults.cut-lasting", "Bodies that are cut off each time end the reading as trouble of the source.", CutAsync, FailureKind.Source),
        Lasting(bench, "faults.500", "A 500 ends the reading as trouble of the source.", turn => turn.AnswerAsync(500, """{"message":"Internal error"}"""), FailureKind.Source),
        Lasting(bench, "faults.html", "An HTML page in the place of JSON ends the reading.", turn => turn.AnswerAsync(200, Encoding.UTF8.GetString(Page), "text/html"), null),
        Lasting(bench, "faults.401", "A 401 ends the reading as a matter of the credentials.", turn => turn.AnswerAsync(401, """{"message":"Unauthorized"}"""), FailureKind.Credentials),
    ];

    private static Law Passing(Bench bench, string id, string what, Func<SourceTurn, Task<bool>> faultAsync) =>
        new(id, CertificateLevel.Gold, what, token => EachAsync(bench, async (example, plain, at) =>
        {
            var (struck, isRepeated) = (0, true);
            var request = bench.RequestFor(example) with
            {
                Interfere = turn =>
                {
                    if (turn.Number != at || Interlocked.Exchange(ref struck, 1) == 1)
                    {
                        return Task.FromResult(false);
                    }

                    isRepeated = !HttpMethods.IsPost(turn.Context.Request.Method) && !HttpMethods.IsPatch(turn.Context.Request.Method);
                    return faultAsync(turn);
                },
            };
            var reading = await bench.ReadAsync(request, token).ConfigureAwait(false);

            // The platform does not send again what the source may have acted upon; then the failure is right.
            return !isRepeated && reading.Failure?.Kind == FailureKind.Source ? null : Difference(reading, plain, "leave such replies to context.Http, which asks again by itself");
        }, token));

    // Slow is the address, so that whoever asks again finds it as slow as before.
    private static Task<Finding> SlowAsync(Bench bench, CancellationToken cancellationToken) => EachAsync(bench, async (example, plain, at) =>
    {
        string? slow = null;
        var request = bench.RequestFor(example) with
        {
            RequestLimit = plain.Requests.Count + Retries,
            Limit = TimeSpan.FromSeconds(40),
            Interfere = turn =>
            {
                var address = turn.Context.Request.GetEncodedPathAndQuery();
                slow ??= turn.Number == at ? address : null;
                return address == slow && turn.Number < at + Attempts ? SlowlyAsync(turn) : Task.FromResult(false);
            },
        };
        return Difference(await bench.ReadAsync(request, cancellationToken).ConfigureAwait(false), plain, "set no time limit of your own, as context.Http has one");
    }, cancellationToken);

    private static string? Difference(Reading reading, Reading plain, string advice) =>
        reading.IsSameAs(plain) ? null : $"it {reading.Outcome}, but without the fault it {plain.Outcome}: {advice}";

    /// <param name="kind">Who must act; null where the source and the author both may be meant.</param>
    private static Law Lasting(Bench bench, string id, string what, Func<SourceTurn, Task<bool>> faultAsync, FailureKind? kind) =>
        new(id, CertificateLevel.Gold, what, token => EachAsync(bench, async (example, plain, at) =>
        {
            // What the connector can do without, it may; but not what it was asked for.
            var reading = await bench.ReadAsync(
                bench.RequestFor(example) with { Interfere = turn => turn.Number >= at ? faultAsync(turn) : Task.FromResult(false), Limit = TimeSpan.FromSeconds(40), RequestLimit = Attempts * (plain.Requests.Count + Attempts) },
                token).ConfigureAwait(false);
            return reading switch
            {
                { IsEndless: true } => "it does not end: ask no more than a few times, and let the failure out of ReadAsync",
                { IsCrash: true } => $"it {reading.Outcome}: catch nothing but what you can heal, and read replies with context.GetAsync",
                { Failure: null } when at == 1 || !IsOptional(reading, plain) =>
                    $"it {reading.Outcome} as if nothing had happened: rows are missing and nobody learns of it; let the failure out of ReadAsync",
                { Failure: { } failure } when kind is not null && failure.Kind != kind => $"it {reading.Outcome}, whose kind should be {kind}",
                _ => null,
            };
        }, token));

    // A reading that warns and has all its rows did without an ornament.
    private static bool IsOptional(Reading reading, Reading plain) => reading.Count == plain.Count && reading.Lines.Count > 0;

    private static async Task<Finding> EachAsync(Bench bench, Func<SampleExample, Reading, int, Task<string?>> askAsync, CancellationToken cancellationToken)
    {
        var problems = new ConcurrentQueue<string>();
        var places = new List<(SampleExample Example, Reading Plain, int At)>();
        foreach (var example in bench.Examples)
        {
            var plain = await bench.PlainAsync(example, cancellationToken).ConfigureAwait(false);
            places.AddRange(new[] { 1, plain.Requests.Count }.Distinct().Where(at => at > 0).Select(at => (example, plain, at)));
        }

        await Parallel.ForEachAsync(places, new ParallelOptions { MaxDegreeOfParallelism = 6, CancellationToken = cancellationToken }, async (place, _) =>
        {
            if (await askAsync(place.Example, place.Plain, place.At).ConfigureAwait(false) is { } problem)
            {
                problems.Enqueue(string.Create(CultureInfo.InvariantCulture, $"The example \"{place.Example.Name}\", struck at request {place.At}: {problem}."));
            }
        }).ConfigureAwait(false);
        return places.Count == 0 ? Finding.NotApplicable("No example sends a request.") : Finding.Of(problems);
    }

    private static Task<bool> BusyAsync(SourceTurn turn, int? retryAfter)
    {
        if (retryAfter is { } seconds)
        {
            turn.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        return turn.AnswerAsync(429, """{"message":"Too many requests"}""");
    }

    private static async Task<bool> SlowlyAsync(SourceTurn turn)
    {
        if (turn.Exchange is not { } exchange)
        {
            return false;
        }

        var bytes = Encoding.UTF8.GetBytes(turn.Source.TextOf(exchange));
        turn.Response.StatusCode = exchange.Reply.Status;
        turn.Response.ContentType = "application/json";
        foreach (var part in bytes.Chunk(Math.Max(1, (bytes.Length + 4) / 5)))
        {
            await turn.Response.Body.WriteAsync(part, turn.Aborted).ConfigureAwait(false);
            await turn.Response.Body.FlushAsync(turn.Aborted).ConfigureAwait(false);
            await Task.Delay(TimeSpan.FromMilliseconds(400), TimeProvider.System, turn.Aborted).ConfigureAwait(false);
        }

        return true;
    }

    private static async Task<bool> CutAsync(SourceTurn turn)
    {
        var bytes = turn.Exchange is { } exchange ? Encoding.UTF8.GetBytes(turn.Source.TextOf(exchange)) : Page;
        turn.Response.ContentType = "application/json";
        turn.Response.ContentLength = bytes.Length + 100;
        await turn.Response.Body.WriteAsync(bytes.AsMemory(0, bytes.Length / 2), turn.Aborted).ConfigureAwait(false);
        await turn.Response.Body.FlushAsync(turn.Aborted).ConfigureAwait(false);
        turn.Context.Abort();
        return true;
    }
}
