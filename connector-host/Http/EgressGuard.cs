namespace ConnectorPlatform.Host.Http;

/// <summary>
/// Lets requests out to the declared hosts only, encrypted unless the base address is not. It stands before the authentication:
/// what it refuses has never carried the credentials.
/// </summary>
internal sealed class EgressGuard : DelegatingHandler
{
    private readonly HashSet<string> _origins;

    public EgressGuard(HttpPolicy policy)
    {
        string[] schemes = [Uri.UriSchemeHttps, policy.BaseAddress.Scheme];
        var allowed = policy.AllowedHosts.SelectMany(host => schemes.Select(scheme => new Uri($"{scheme}://{host}/")));
        _origins = [.. allowed.Append(policy.BaseAddress).Select(Origin)];
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var origin = Origin(request.RequestUri!);
        if (!_origins.Contains(origin))
        {
            throw new ConnectorException(
                FailureKind.Connector,
                $"A request to {origin} was refused: the connector does not declare that address. If it belongs to the source, add its host to http.allowedHosts in connector.json.");
        }

        try
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException exception) when (exception.InnerException is ConnectorException refusal)
        {
            // The client wraps what its connection throws; as a failed request it would be tried again.
            throw new ConnectorException(refusal.Kind, refusal.Message, exception);
        }
    }

    /// <summary>Scheme, host in ASCII, and port, as in <c>https://api.example.com:443</c>.</summary>
    private static string Origin(Uri address) =>
        address.GetComponents(UriComponents.Scheme | UriComponents.NormalizedHost | UriComponents.StrongPort, UriFormat.UriEscaped);
}
