using System.Net;
using System.Net.Http.Headers;
using Polly;
using Polly.Retry;

namespace ConnectorPlatform.Host.Http;

/// <summary>Repeats requests whose failure may heal, as long as repeating them can do no harm.</summary>
internal sealed class RetryHandler : DelegatingHandler
{
    private static readonly ResiliencePropertyKey<Call> CallKey = new("call");
    private static readonly HttpMethod[] Idempotent = [HttpMethod.Get, HttpMethod.Head, HttpMethod.Options, HttpMethod.Put, HttpMethod.Delete];

    private readonly SourceAccess _access;
    private readonly HttpLimits _limits;
    private readonly TimeProvider _time;
    private readonly ResiliencePipeline<HttpResponseMessage> _pipeline;

    public RetryHandler(SourceAccess access, HttpLimits limits, TimeProvider time)
    {
        (_access, _limits, _time) = (access, limits, time);
        _pipeline = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                MaxRetryAttempts = limits.MaxRetries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = limits.FirstRetryDelay,
                MaxDelay = limits.MaxRetryDelay,
                ShouldHandle = ShouldRetryAsync,
                DelayGenerator = arguments => new(RetryAfter(arguments.Outcome.Result) is { } wait && wait > TimeSpan.Zero ? wait : null),
                OnRetry = CountAsync,
            })
            .Build();
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is not null)
        {
            await request.Content.LoadIntoBufferAsync(cancellationToken).ConfigureAwait(false);
        }

        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(CallKey, new Call(request, RequestProgress.Of(request), _time.GetTimestamp()));
        try
        {
            var response = await _pipeline.ExecuteAsync(AttemptAsync, context).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode && RetryAfter(response) is { } wait)
            {
                _access.Usage.AskToWaitUntil(_time.GetUtcNow() + wait);
                response.ReasonPhrase = $"{response.ReasonPhrase} (it asks to wait {Words.Seconds(wait)})";
            }

            return response;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private async ValueTask<HttpResponseMessage> AttemptAsync(ResilienceContext context)
    {
        var request = context.Properties.GetValue(CallKey, null!).Request;
        return await base.SendAsync(request, context.CancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<bool> ShouldRetryAsync(RetryPredicateArguments<HttpResponseMessage> arguments)
    {
        var call = arguments.Context.Properties.GetValue(CallKey, null!);
        var idempotent = Idempotent.Contains(call.Request.Method);
        if (arguments.Outcome.Result is not { } response)
        {
            return idempotent && arguments.Outcome.Exception is HttpRequestException && IsInTime(call, TimeSpan.Zero);
        }

        // These two are refusals: the source has not begun to act, so that even a POST may be repeated.
        var refusal = response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable;
        return (idempotent || refusal)
            && await MayHealAsync(response, arguments.Context.CancellationToken).ConfigureAwait(false)
            && IsInTime(call, RetryAfter(response) ?? TimeSpan.Zero);
    }

    private async Task<bool> MayHealAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var rules = _access.Policy.Retry;
        var transient = response.StatusCode is HttpStatusCode.TooManyRequests
            or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;
        return (transient || await MatchesAsync(rules.Also, response, cancellationToken).ConfigureAwait(false))
            && !await MatchesAsync(rules.Never, response, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<bool> MatchesAsync(
        IReadOnlyList<ReplyPattern> patterns, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var candidates = patterns.Where(pattern => pattern.Status == (int)response.StatusCode).ToArray();
        if (candidates.Length == 0)
        {
            return false;
        }

        var body = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
        return candidates.Any(pattern => pattern.BodyContains is null || body.Contains(pattern.BodyContains, StringComparison.Ordinal));
    }

    private bool IsInTime(Call call, TimeSpan wait) =>
        wait <= _limits.MaxRetryAfter
        && _time.GetElapsedTime(call.Start) - call.Progress.Paced + wait < _limits.TotalDeadline;

    private TimeSpan? RetryAfter(HttpResponseMessage? response) => response?.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - _time.GetUtcNow(),
        _ => null,
    };

    private ValueTask CountAsync(OnRetryArguments<HttpResponseMessage> arguments)
    {
        var (request, progress, _) = arguments.Context.Properties.GetValue(CallKey, null!);
        progress.Retries++;
        _access.Usage.AddRetry();
        var response = arguments.Outcome.Result;
        if (response is { StatusCode: HttpStatusCode.TooManyRequests } or { Headers.RetryAfter: RetryConditionHeaderValue })
        {
            _access.Usage.AddWait(arguments.RetryDelay);
        }

        var cause = response is null ? $"failed ({arguments.Outcome.Exception!.Message})" : $"was answered {(int)response.StatusCode}";
        _access.Tell($"{Words.Name(request)} {cause}: retry {progress.Retries} of {_limits.MaxRetries} in {Words.Seconds(arguments.RetryDelay)}");
        return default;
    }

    private sealed record Call(HttpRequestMessage Request, RequestProgress Progress, long Start);
}
