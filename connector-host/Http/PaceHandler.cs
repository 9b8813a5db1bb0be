namespace ConnectorPlatform.Host.Http;

/// <summary>Lets an attempt begin when the account's gate admits it.</summary>
internal sealed class PaceHandler(IRequestGate gate, HttpUsage usage, TimeProvider time) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        using var slot = await gate.EnterAsync(cancellationToken).ConfigureAwait(false);
        var waited = time.GetElapsedTime(start);
        usage.AddWait(waited);
        RequestProgress.Of(request).Paced += waited;
        return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }
}
