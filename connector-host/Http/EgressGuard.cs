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

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var origin = Origin(request.RequestUri!);
        return _origins.Contains(origin)
            ? base.SendAsync(request, cancellationToken)
            : throw new ConnectorException(
                FailureKind.Connector,
                $"A request to {origin} was refused: the connector does not declare that address. If it belongs to the source, add its host to http.allowedHosts in connector.json.");
    }

    /// <summary>Scheme, host in ASCII, and port, as in <c>https://api.example.com:443</c>.</summary>
    private static string Origin(Uri address) =>
        address.GetComponents(UriComponents.Scheme | UriComponents.NormalizedHost | UriComponents.StrongPort, UriFormat.UriEscaped);
}
