using System.Net;
using System.Reflection;

namespace ConnectorPlatform.Host.Http;

/// <summary>Why an operation failed, in the user's words.</summary>
/// <param name="Kind">Who must act.</param>
/// <param name="Message">What happened, masked.</param>
/// <param name="Action">Who must do what.</param>
internal sealed record Failure(FailureKind Kind, string Message, string Action);

/// <summary>The one table from exceptions to failures. Cancellation by the platform itself is no failure and does not come here.</summary>
internal static class FailureTable
{
    private const int LongestMessage = 600;

    /// <summary>How the message begins of a failure that is over when the source's limit is.</summary>
    public const string LimitReached = "The account has used up what the source allows for now.";

    public static Failure Of(Exception exception, SecretMask mask)
    {
        var (kind, message) = Classify(exception);

        // Masked before it is cut: half a secret would not be recognised.
        var text = mask.Mask(message);
        return new Failure(kind, text.Shortened(LongestMessage), Action(kind));
    }

    /// <summary>Who must do what after a failure of this kind.</summary>
    public static string Action(FailureKind kind) => kind switch
    {
        FailureKind.Credentials => "The account's owner must reconnect the account.",
        FailureKind.Details => "Whoever edits the DataSet must change its details.",
        FailureKind.Source => "Nobody needs to act yet: scheduled runs try again later.",
        _ => "The connector's author must correct the connector; the run's log holds the particulars.",
    };

    private static (FailureKind Kind, string Message) Classify(Exception exception) => exception switch
    {
        ConnectorException known => (known.Kind, known.Message),
        HttpRequestException { StatusCode: { } status } reply => OfStatus(status, reply.Message),
        HttpRequestException unanswered => (FailureKind.Source, $"{OfConnection(unanswered)} ({unanswered.Message})"),
        TimeoutException or OperationCanceledException { InnerException: TimeoutException } =>
            (FailureKind.Source, $"The source did not answer in time. ({exception.Message})"),
        AggregateException { InnerExceptions: [var only] } => Classify(only),
        TargetInvocationException { InnerException: { } inner } => Classify(inner),
        _ => (FailureKind.Connector, $"The connector failed with {exception.GetType().Name}: {exception.Message}"),
    };

    private static (FailureKind Kind, string Message) OfStatus(HttpStatusCode status, string message) => (int)status switch
    {
        401 => (FailureKind.Credentials, $"The source does not accept the account's credentials. {message}"),
        403 => (FailureKind.Credentials, $"The source does not let this account read that. {message}"),
        402 => (FailureKind.Details, $"The account's plan with the source does not include that. {message}"),
        404 or 410 => (FailureKind.Details, $"The source does not have what the details name. {message}"),
        400 or 409 or 422 => (FailureKind.Details, $"The source does not accept the details. {message}"),
        429 => (FailureKind.Source, $"{LimitReached} {message}"),
        408 or 425 or >= 500 => (FailureKind.Source, $"The source has trouble of its own. {message}"),
        _ => (FailureKind.Connector, $"The connector sent a request that the source does not understand. {message}"),
    };

    private static string OfConnection(HttpRequestException exception) => exception switch
    {
        { InnerException: TimeoutException } => "The source did not answer in time.",
        { HttpRequestError: HttpRequestError.NameResolutionError } => "The source's address cannot be found.",
        { HttpRequestError: HttpRequestError.ConnectionError } => "The source cannot be reached.",
        { HttpRequestError: HttpRequestError.SecureConnectionError } => "No trusted, encrypted connection to the source can be made.",
        { HttpRequestError: HttpRequestError.ResponseEnded } => "The source broke off its reply.",
        _ => "The request to the source failed.",
    };
}
