using System.Text.Json;
using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Connectors.Workers;

/// <summary>Payload of <see cref="FrameKind.Ready"/>.</summary>
internal sealed record ReadyMessage(int Protocol, int ProcessId);

/// <summary>Payload of <see cref="FrameKind.Load"/>.</summary>
/// <param name="Package">Without its forms, which only the host reads.</param>
internal sealed record LoadMessage(ConnectorPackage Package)
{
    private static readonly JsonElement NoForm = JsonElement.Parse("{}");

    public static LoadMessage Of(ConnectorPackage package) => new(package with { CredentialsForm = NoForm, DetailsForm = NoForm });
}

/// <summary>What a <see cref="FrameKind.Begin"/> asks for.</summary>
internal enum WorkerOperation
{
    Check,
    Menu,
    Read,
    Migrate,
}

/// <summary>Payload of <see cref="FrameKind.Begin"/>.</summary>
/// <param name="Plan">The operation's plan, opaque to the protocol.</param>
/// <param name="Credits">Batches that may be sent at first.</param>
internal sealed record BeginMessage(WorkerOperation Operation, JsonElement Plan, int Credits)
{
    /// <summary>For a menu.</summary>
    public MenuRequest? Menu { get; init; }

    /// <summary>For a migration: the version for which the plan's details were saved.</summary>
    public int FromVersion { get; init; }
}

internal enum ReportLevel
{
    Info,
    Warn,
}

/// <summary>Payload of <see cref="FrameKind.Report"/>, with what the operation has used of its source so far.</summary>
internal sealed record ReportMessage(ReportLevel Level, string Message, HttpUsageSnapshot Usage);

/// <summary>Payload of <see cref="FrameKind.Error"/>.</summary>
/// <param name="Kind">Who must act; null when the run was cancelled.</param>
/// <param name="Message">For the user, without secrets.</param>
/// <param name="Particulars">The exception's text, for the log.</param>
/// <param name="IsLoad">Whether the package's code could not be loaded.</param>
/// <param name="Usage">What the operation has used of its source.</param>
internal sealed record ErrorMessage(FailureKind? Kind, string Message, string Particulars, bool IsLoad, HttpUsageSnapshot Usage);

/// <summary>Payload of <see cref="FrameKind.Renewed"/>.</summary>
/// <param name="Number">The question's: a late answer must not reach the next operation, which may be another account's.</param>
/// <param name="Credentials">Null when there are no others.</param>
/// <param name="Kind">Who must act when there are none.</param>
/// <param name="Message">Why there are none, for the user.</param>
internal sealed record RenewedMessage(int Number, JsonElement? Credentials, FailureKind Kind = default, string Message = "");

/// <summary>Payload of <see cref="FrameKind.End"/>.</summary>
internal sealed record EndMessage
{
    public AccountIdentity? Identity { get; init; }

    public IReadOnlyList<MenuOption>? Menu { get; init; }

    /// <summary>What a migration made.</summary>
    public JsonElement? Details { get; init; }

    public HttpUsageSnapshot Usage { get; init; } = new();
}
