using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Certification;

/// <summary>Gold: what a connector makes of a source in trouble. Nothing that the source fails to say may end as success.</summary>
internal static class FaultChecks
{
    /// <summary>More requests than any reading of a handful of recorded pages needs.</summary>
    private const int Endless = 2_500;

    public static readonly IReadOnlyList<Check> All =
    [
        new("http-429", CertificateLevel.Gold, "\"Too many requests\" is waited out; when it does not end, the run fails as the source's trouble.", (subject, stop) => PassOrFailAsync(subject, Busy, stop)),
        new("http-5xx", CertificateLevel.Gold, "A source that is down for a moment changes nothing; one that stays down fails the run.", (subject, stop) => PassOrFailAsync(subject, Down, stop)),
        new("http-cut", CertificateLevel.Gold, "A reply that breaks off is never taken for a whole one.", (subject, stop) => NeverTakenAsync(subject, CutAsync, "breaks off in the middle", stop)),
        new("http-slow", CertificateLevel.Gold, "A slow reply is waited for.", WaitForSlowAsync),
        new("http-html", CertificateLevel.Gold, "A web page instead of data fails the run.", (subject, stop) => NeverTakenAsync(subject, PageAsync, "is a web page", stop)),
        new("http-loop", CertificateLevel.Gold, "Pages that lead back to themselves come to an end.", EndLoopAsync),
        new("http-redirect", CertificateLevel.Gold, "A redirect to another host is not followed.", StayAsync),
        new("http-401", CertificateLevel.Gold, "Refused credentials fail as such, so that the account's owner is asked.", BlameCredentialsAsync),
    ];

    private delegate Task Answer(HttpContext context);

    private static Task Busy(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        return Task.CompletedTask;
    }

    private static Task Down(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        return Task.CompletedTask;
    }

    private static async Task CutAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = 10_000;
        await context.Response.WriteAsync("{\"data\": [ {", context.RequestAborted).ConfigureAwait(false);
        await context.Response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
        context.Abort();
    }

    private static Task PageAsync(HttpContext context)
    {
        context.Response.ContentType = "text/html";
        return context.Response.WriteAsync("<!doctype html><title>Sign in</title><p>Please sign in.", context.RequestAborted);
    }

    private static Task PassOrFailAsync(Subject subject, Answer trouble, CancellationToken cancellationToken) => subject.ForEachAsync(async (example, source) =>
    {
        var calm = await subject.ReadCalmAsync(example, source, cancellationToken).ConfigureAwait(false);
        foreach (var at in Places(source))
        {
            foreach (var retryAfter in new[] { "1", null })
            {
                source.Forget();
                source.Interfere = async (context, number) =>
                {
                    context.Response.Headers.RetryAfter = number == at ? retryAfter : null;
                    return number == at && await DoneAsync(trouble(context)).ConfigureAwait(false);
                };
                var passed = await subject.ReadAsync(example, source, cancellationToken).ConfigureAwait(false);
                if (!passed.Rows.SequenceEqual(calm.Rows) || passed.Failure is not null)
                {
                    throw new CheckFailedException($"The example \"{example.Name}\": trouble of a moment at request {at} changes what is delivered: the reading {passed.End}. Leave retries to the platform.");
                }
            }

            await MustFailAsync(subject, example, source, at, trouble, FailureKind.Source, "is answered with trouble that does not end", cancellationToken).ConfigureAwait(false);
        }
    }, cancellationToken);

    private static Task NeverTakenAsync(Subject subject, Answer trouble, string what, CancellationToken cancellationToken) => subject.ForEachAsync(async (example, source) =>
    {
        await subject.ReadCalmAsync(example, source, cancellationToken).ConfigureAwait(false);
        foreach (var at in Places(source))
        {
            await MustFailAsync(subject, example, source, at, trouble, null, $"has a reply that {what}", cancellationToken).ConfigureAwait(false);
        }
    }, cancellationToken);

    private static async Task MustFailAsync(
        Subject subject, SampleExample example, SampleSource source, int at, Answer trouble, FailureKind? kind, string what, CancellationToken cancellationToken)
    {
        source.Forget();
        source.Interfere = async (context, number) => number >= at && (number < Endless || End(context)) && await DoneAsync(trouble(context)).ConfigureAwait(false);
        var reading = await subject.ReadAsync(example, source, cancellationToken).ConfigureAwait(false);
        var told = reading.Failure is { } failure ? FailureTable.Of(failure, SecretMask.None).Kind : (FailureKind?)null;
        if (source.Requests.Count >= Endless)
        {
            throw new CheckFailedException($"The example \"{example.Name}\": when request {at} {what}, the connector asks again and again ({Endless} requests). Leave retries to the platform.");
        }

        if (told is null || (kind is not null && told != kind))
        {
            throw new CheckFailedException(
                $"The example \"{example.Name}\": when request {at} {what}, the reading {reading.End}{(told is null ? "" : $" (as {told} instead of {kind})")}. Do not catch what the client throws; what cannot be read is a failure.");
        }
    }

    private static bool End(HttpContext context)
    {
        context.Abort();
        return true;
    }

    private static Task WaitForSlowAsync(Subject subject, CancellationToken cancellationToken) => subject.ForEachAsync(async (example, source) =>
    {
        var calm = await subject.ReadCalmAsync(example, source, cancellationToken).ConfigureAwait(false);
        source.Forget();
        source.Interfere = async (_, number) =>
        {
            if (number == 1)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, cancellationToken).ConfigureAwait(false);
            }

            return false;
        };
        var slow = await subject.ReadAsync(example, source, cancellationToken).ConfigureAwait(false);
        if (!slow.Rows.SequenceEqual(calm.Rows) || slow.Failure is not null)
        {
            throw new CheckFailedException($"The example \"{example.Name}\": with a slow reply the reading {slow.End}. The platform has the time-outs; set none.");
        }
    }, cancellationToken);

    private static async Task EndLoopAsync(Subject subject, CancellationToken cancellationToken)
    {
        var hasPages = false;
        await subject.ForEachAsync(async (example, source) =>
        {
            var bodies = new List<string>();
            source.Alter = body =>
            {
                bodies.Add(body);
                return body;
            };
            await subject.ReadAsync(example, source, cancellationToken).ConfigureAwait(false);
            var paths = source.Requests.Select(request => request.Address.Split('?')[0]).ToList();
            if (paths.Count < 2 || paths[0] != paths[1])
            {
                return;
            }

            hasPages = true;
            source.Forget();
            source.Interfere = async (context, number) =>
            {
                if (number >= Endless)
                {
                    return End(context);
                }

                context.Response.ContentType = "application/json";
                await context.Response.WriteAsync(bodies[0], context.RequestAborted).ConfigureAwait(false);
                return true;
            };
            var reading = await subject.ReadAsync(example, source, cancellationToken).ConfigureAwait(false);
            if (source.Requests.Count >= Endless)
            {
                throw new CheckFailedException(
                    $"The example \"{example.Name}\": when every page leads to the same next page, the connector asks without end ({Endless} requests, {reading.Rows.Count} rows). Fail when a page leads to where the reading has been.");
            }
        }, cancellationToken).ConfigureAwait(false);
        if (!hasPages)
        {
            throw new CheckNotApplicableException("No example reads two pages of the same list.");
        }
    }

    private static Task StayAsync(Subject subject, CancellationToken cancellationToken) => subject.ForEachAsync(async (example, source) =>
    {
        await subject.ReadCalmAsync(example, source, cancellationToken).ConfigureAwait(false);
        foreach (var at in Places(source))
        {
            Task ElsewhereAsync(HttpContext context)
            {
                if (context.Request.Host.Host == SampleSource.Elsewhere)
                {
                    return PageAsync(context);
                }

                context.Response.StatusCode = StatusCodes.Status302Found;
                context.Response.Headers.Location = $"http://{SampleSource.Elsewhere}:{source.Address.Port}{context.Request.Path}{context.Request.QueryString}";
                return Task.CompletedTask;
            }

            await MustFailAsync(subject, example, source, at, ElsewhereAsync, null, "is redirected to another host", cancellationToken).ConfigureAwait(false);
            if (source.Requests.Any(request => request.Host == SampleSource.Elsewhere))
            {
                throw new CheckFailedException($"The example \"{example.Name}\": a redirect led the connector to a host that connector.json does not allow. Use context.Http and no client of your own.");
            }
        }
    }, cancellationToken);

    private static async Task BlameCredentialsAsync(Subject subject, CancellationToken cancellationToken)
    {
        if (subject.Package.Manifest.Http.Authentication.Type == "none")
        {
            throw new CheckNotApplicableException("The connector has no credentials.");
        }

        await subject.ForEachAsync(async (example, source) =>
        {
            await MustFailAsync(subject, example, source, 1, Refuse, FailureKind.Credentials, "is answered with 401", cancellationToken).ConfigureAwait(false);
        }, cancellationToken).ConfigureAwait(false);
    }

    private static Task Refuse(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    }

    private static int[] Places(SampleSource source) => [.. new[] { 1, source.Requests.Count }.Distinct().Where(at => at > 0)];

    private static async Task<bool> DoneAsync(Task answer)
    {
        await answer.ConfigureAwait(false);
        return true;
    }
}
