using System.Net;

namespace ConnectorPlatform.Host.Http;

/// <summary>Follows redirects hop by hop, so that each hop passes the guard and is authenticated anew.</summary>
internal sealed class RedirectHandler(HttpUsage usage, int maxRedirects) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var hop = request;
        for (var redirects = 0; ; redirects++)
        {
            usage.AddRequest();
            var response = await base.SendAsync(hop, cancellationToken).ConfigureAwait(false);
            if (Target(hop, response) is not { } target)
            {
                return response;
            }

            response.Dispose();
            if (redirects == maxRedirects)
            {
                throw new ConnectorException(
                    FailureKind.Source, $"The source redirects {Words.Name(request)} more than {maxRedirects} times. Try later, or ask the source.");
            }

            hop = Follow(hop, response.StatusCode, target);
        }
    }

    private static Uri? Target(HttpRequestMessage request, HttpResponseMessage response)
    {
        var redirects = response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
            or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;
        return redirects && response.Headers.Location is { } location ? new Uri(request.RequestUri!, location) : null;
    }

    private static HttpRequestMessage Follow(HttpRequestMessage request, HttpStatusCode status, Uri target)
    {
        var becomesGet = status switch
        {
            HttpStatusCode.SeeOther => request.Method != HttpMethod.Head,
            HttpStatusCode.MovedPermanently or HttpStatusCode.Found => request.Method == HttpMethod.Post,
            _ => false,
        };
        var next = new HttpRequestMessage(becomesGet ? HttpMethod.Get : request.Method, target)
        {
            Content = becomesGet ? null : request.Content,
            Version = request.Version,
            VersionPolicy = request.VersionPolicy,
        };
        foreach (var (name, values) in request.Headers.NonValidated)
        {
            next.Headers.TryAddWithoutValidation(name, values);
        }

        // A virtual host that the connector asked for belongs to the first address only.
        next.Headers.Host = null;
        return next;
    }
}
