namespace ConnectorPlatform.Host.Http;

/// <summary>Puts the account's header on every request that the guard let through.</summary>
internal sealed class AuthenticationHandler(string header, string value) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Remove(header);
        request.Headers.TryAddWithoutValidation(header, value);
        return base.SendAsync(request, cancellationToken);
    }
}
