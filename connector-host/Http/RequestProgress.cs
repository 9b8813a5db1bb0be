namespace ConnectorPlatform.Host.Http;

/// <summary>What the chain's handlers tell each other about one request of the connector.</summary>
internal sealed class RequestProgress
{
    private static readonly HttpRequestOptionsKey<RequestProgress> Key = new("progress");

    public int Retries { get; set; }

    public long Bytes { get; set; }

    /// <summary>Waits for the account's own budget and concurrency.</summary>
    public TimeSpan Paced { get; set; }

    public static RequestProgress Of(HttpRequestMessage request)
    {
        if (!request.Options.TryGetValue(Key, out var progress))
        {
            progress = new RequestProgress();
            request.Options.Set(Key, progress);
        }

        return progress;
    }
}
