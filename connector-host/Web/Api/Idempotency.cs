using System.Text;
using ConnectorPlatform.Host.Web.People;

namespace ConnectorPlatform.Host.Web.Api;

/// <summary>Says in the documentation that an operation takes <c>Idempotency-Key</c>.</summary>
internal sealed class IdempotentOperation;

/// <summary>Does a request with an <c>Idempotency-Key</c> once, however often it is sent, and gives the same answer each time.</summary>
internal sealed class Idempotency(IdempotencyStore store) : IEndpointFilter
{
    public const string KeyHeader = "Idempotency-Key";

    /// <summary>Set on an answer that was given before.</summary>
    public const string ReplayedHeader = "Idempotency-Replayed";

    private const int LongestKey = 200;

    private static readonly string[] KeptHeaders = ["Location", "ETag", "Content-Type"];

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (http.Request.Headers[KeyHeader] is not [{ } key])
        {
            return await next(context).ConfigureAwait(false);
        }

        if (key.Length is 0 or > LongestKey)
        {
            throw new PlatformException(PlatformFault.Input, $"{KeyHeader} has 1 to {LongestKey} characters; a random UUID is a good one.");
        }

        // One person's keys say nothing to another.
        key = $"{http.Caller().Person?.Id} {key}";
        if (store.Claim(key, RequestOf(http)) is { } kept)
        {
            http.Response.Headers[ReplayedHeader] = "true";
            return new Replay(kept);
        }

        KeptAnswer answer;
        try
        {
            answer = await RunAsync(http, await next(context).ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch
        {
            store.Release(key);
            throw;
        }

        store.Keep(key, answer);
        return new Replay(answer);
    }

    private static byte[] RequestOf(HttpContext http) =>
        [.. Encoding.UTF8.GetBytes($"{http.Request.Method} {http.Request.Path}{http.Request.QueryString}\n"), .. http.Features.Get<BodyFingerprint>()?.Hash ?? []];

    /// <summary>Writes the result where it can be kept before anybody has seen it.</summary>
    private static async Task<KeptAnswer> RunAsync(HttpContext http, object? result)
    {
        var (body, status) = (http.Response.Body, http.Response.StatusCode);
        using var buffer = new MemoryStream();
        http.Response.Body = buffer;
        try
        {
            await ((IResult)result!).ExecuteAsync(http).ConfigureAwait(false);
            return new KeptAnswer(
                http.Response.StatusCode,
                KeptHeaders.Where(http.Response.Headers.ContainsKey).ToDictionary(name => name, name => http.Response.Headers[name].ToString()),
                Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
        }
        finally
        {
            (http.Response.Body, http.Response.StatusCode) = (body, status);
        }
    }

    private sealed class Replay(KeptAnswer answer) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = answer.Status;
            foreach (var (name, value) in answer.Headers)
            {
                httpContext.Response.Headers[name] = value;
            }

            httpContext.Response.ContentLength = null;
            return httpContext.Response.WriteAsync(answer.Body, httpContext.RequestAborted);
        }
    }
}
