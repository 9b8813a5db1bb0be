namespace ConnectorPlatform.Host.Http;

/// <summary>
/// Reads one whole reply within the time and size that an attempt has. The body is read here, inside the retry, so that a cut or
/// stalled body is a failed attempt and never half a page.
/// </summary>
internal sealed class AttemptHandler(SourceAccess access, HttpLimits limits, TimeProvider time) : DelegatingHandler
{
    private readonly long _maxBytes = Math.Min(access.Policy.MaxReplyBytes, Array.MaxLength);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(limits.AttemptTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        HttpResponseMessage? unread = null;
        try
        {
            unread = await base.SendAsync(request, either.Token).ConfigureAwait(false);
            await ReadAsync(request, unread, either.Token).ConfigureAwait(false);
            var read = unread;
            unread = null;
            return read;
        }
        catch (OperationCanceledException exception) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            var message = $"{Words.Name(request)} was not answered within {Words.Seconds(limits.AttemptTimeout)}.";
            throw new HttpRequestException(message, new TimeoutException(message, exception));
        }
        finally
        {
            unread?.Dispose();
        }
    }

    private async Task ReadAsync(HttpRequestMessage request, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        // A reply to HEAD declares the length of a body that it does not have.
        if (request.Method == HttpMethod.Head)
        {
            return;
        }

        try
        {
            await response.Content.LoadIntoBufferAsync(_maxBytes, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new ConnectorException(
                FailureKind.Connector,
                $"The reply to {Words.Name(request)} is larger than {_maxBytes} bytes. Ask for smaller pages, or raise http.maxReplyBytes in connector.json.",
                exception);
        }
        catch (InvalidDataException exception)
        {
            throw new HttpRequestException(HttpRequestError.InvalidResponse, $"The reply to {Words.Name(request)} cannot be decompressed.", exception);
        }

        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        RequestProgress.Of(request).Bytes = stream.Length;
        access.Usage.AddBytes(stream.Length);
    }
}
