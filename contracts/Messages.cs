namespace ConnectorPlatform;

/// <summary>A choice in a live menu.</summary>
/// <param name="Value">What is stored in the details.</param>
/// <param name="Label">What the user reads.</param>
/// <param name="Description">A second line that tells similar labels apart; null for none.</param>
public sealed record MenuOption(string Value, string Label, string? Description = null);

/// <summary>A request for the options of a live menu.</summary>
/// <param name="Menu">The <c>source</c> of the field's <c>x-options</c>.</param>
/// <param name="Search">What the user has typed to search in the menu; null for the whole menu.</param>
public sealed record MenuRequest(string Menu, string? Search = null);

/// <summary>Whose account it is, as the source names it.</summary>
/// <param name="DisplayName">A name that the user recognises, such as a login or an organisation; null when the source tells none.</param>
/// <param name="ExpiresAt">When the credentials stop working; null when they do not, or the source does not tell.</param>
public sealed record AccountIdentity(string? DisplayName, DateTimeOffset? ExpiresAt = null);

/// <summary>Who must act when a run fails.</summary>
public enum FailureKind
{
    /// <summary>The account's owner: the source refuses the credentials. Not retried; the account must be reconnected.</summary>
    Credentials,

    /// <summary>The DataSet's editor: what the details ask for does not exist or is not allowed. Not retried.</summary>
    Details,

    /// <summary>Nobody yet: the source is down, slow or over its limit. Retried later.</summary>
    Source,

    /// <summary>The connector's author: a bug, or a reply that the connector does not understand. Not retried.</summary>
    Connector,
}

/// <summary>A failure that says who must act. Thrown by connectors and shown to the user as it stands.</summary>
/// <param name="kind">Who must act.</param>
/// <param name="message">What happened and what to do, in the user's words, without secrets.</param>
/// <param name="inner">The cause, for the log.</param>
public sealed class ConnectorException(FailureKind kind, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Who must act.</summary>
    public FailureKind Kind { get; } = kind;
}

/// <summary>What a connector tells about a run while it goes on. Every member may be called from any thread at any time, and never throws.</summary>
public interface IRunReporter
{
    /// <summary>Adds a line to the run's log.</summary>
    /// <param name="message">The line; secrets in it are masked by the host.</param>
    void Info(string message);

    /// <summary>Adds a line to the run's log and makes its result "succeeded with warnings".</summary>
    /// <param name="message">What is missing or doubtful in the data, in the user's words.</param>
    void Warn(string message);

    /// <summary>Tells how far the run is.</summary>
    /// <param name="done">Units of work done so far, in whatever unit the connector counts.</param>
    /// <param name="total">All units of work; null while unknown.</param>
    void Progress(long done, long? total = null);
}
