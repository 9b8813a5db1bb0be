using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Connectors.Workers;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Forms.Validation;
using ConnectorPlatform.Host.Http;
using ConnectorPlatform.Host.Runs;

namespace ConnectorPlatform.Host.Cli;

/// <summary>What the program's end tells a script; the README lists them.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>A bug of the platform.</summary>
    public const int Unexpected = 1;

    /// <summary>The command line, a form or a name is wrong.</summary>
    public const int Input = 2;

    public const int Credentials = 3;
    public const int Details = 4;
    public const int Source = 5;
    public const int Connector = 6;

    /// <summary>Data folder, database or disk.</summary>
    public const int Storage = 7;

    /// <summary>Somebody else holds what is needed.</summary>
    public const int Busy = 8;

    /// <summary>A safeguard holds the run until somebody approves or rejects it.</summary>
    public const int Held = 9;

    /// <summary>As shells tell an interrupt.</summary>
    public const int Cancelled = 130;

    public static int Of(RunRecord run) => run switch
    {
        { IsSuccess: true } => Success,
        { State: RunState.Cancelled } => Cancelled,
        { State: RunState.Held } => Held,
        { Failure.Kind: RunFailureKind.Platform } => Storage,
        _ => Of(Enum.Parse<FailureKind>(run.Failure!.Kind.ToString())),
    };

    /// <summary>The exit code and the one line that tells of an exception.</summary>
    public static (int Code, string Message) Of(Exception exception) => exception switch
    {
        OperationCanceledException => (Cancelled, "Cancelled."),
        PlatformException { Fault: PlatformFault.Storage } => (Storage, exception.Message),
        PlatformException { Fault: PlatformFault.Busy } => (Busy, exception.Message),
        PlatformException or InvalidFormException or ConnectorNotFoundException or FormSchemaException => (Input, exception.Message),
        ValidationQuotaException => (Busy, exception.Message),
        PackageLoadException or WorkerException => (Connector, exception.Message),
        ConnectorException or HttpRequestException => Of(FailureTable.Of(exception, SecretMask.None)),
        IOException or UnauthorizedAccessException => (Storage, exception.Message),
        _ => (Unexpected, $"Unexpected {exception.GetType().Name}: {exception.Message} (--verbose tells more; please report it)"),
    };

    private static (int Code, string Message) Of(Failure failure) => (Of(failure.Kind), $"{failure.Message} {failure.Action}");

    private static int Of(FailureKind kind) => kind switch
    {
        FailureKind.Credentials => Credentials,
        FailureKind.Details => Details,
        FailureKind.Source => Source,
        _ => Connector,
    };
}
