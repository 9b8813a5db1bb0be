namespace ConnectorPlatform.Host.Notices.Channels;

/// <summary>A notice was not taken. The message says why; it may repeat secrets and is masked by who catches it.</summary>
internal sealed class NoticeDeliveryException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>How long the receiver asks to be left alone.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
