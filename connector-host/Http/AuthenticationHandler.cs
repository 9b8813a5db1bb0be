using System.Net;
using System.Text.Json;

namespace ConnectorPlatform.Host.Http;

/// <summary>
/// Puts the account's header on every request that the guard let through. A header that the source refuses is made anew once, from renewed credentials,
/// and the request is repeated once with it.
/// </summary>
internal sealed class AuthenticationHandler(AuthenticationHeader header, SourceAccess access) : DelegatingHandler
{
    private readonly SemaphoreSlim _renewing = new(1, 1);
    private volatile string _value = header.ValueFor(access.Credentials);
    private volatile string? _unproven;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var used = _value;
        var response = await SendAsync(request, used, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.Unauthorized || access.Renew is not { } renew)
        {
            return response;
        }

        var renewed = await RenewedAsync(used, renew, cancellationToken).ConfigureAwait(false);
        if (renewed == used)
        {
            return response;
        }

        response.Dispose();
        return await SendAsync(request, renewed, cancellationToken).ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        _renewing.Dispose();
        base.Dispose(disposing);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string value, CancellationToken cancellationToken)
    {
        request.Headers.Remove(header.Name);
        request.Headers.TryAddWithoutValidation(header.Name, value);
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (_unproven == value && response.StatusCode != HttpStatusCode.Unauthorized)
        {
            _unproven = null;
        }

        return response;
    }

    // Of requests that are refused at once the first renews for all. A source that has never accepted what was renewed last would refuse the next as well.
    private async Task<string> RenewedAsync(string used, Func<CancellationToken, Task<JsonElement>> renew, CancellationToken cancellationToken)
    {
        await _renewing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_value == used && _unproven is null)
            {
                _value = header.ValueFor(await renew(cancellationToken).ConfigureAwait(false));
                _unproven = _value;
            }

            return _value;
        }
        finally
        {
            _renewing.Release();
        }
    }
}
