namespace ConnectorPlatform.Host.Http;

/// <summary>
/// Tells of every request and its reply as the connector sees them: outside of retries, pace and redirects, which sample data does not repeat,
/// and of the authentication, whose header therefore never comes by here.
/// </summary>
internal sealed class ExchangeTap(Uri baseAddress, Action<SentExchange> sent) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var parts = await RequestParts.ReadAsync(request, baseAddress, cancellationToken).ConfigureAwait(false);
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);

        // The attempt has read the body already, within its limits.
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        var headers = response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
            .Select(header => KeyValuePair.Create(header.Key, header.Value.ToString()));
        sent(new SentExchange(parts, response.StatusCode, [.. headers], response.Content.Headers.ContentType?.MediaType, body));
        return response;
    }
}
