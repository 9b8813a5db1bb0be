namespace ConnectorPlatform.Host;

/// <summary>What kind of thing went wrong outside connector code; decides the CLI's exit code and the API's status.</summary>
internal enum PlatformFault
{
    /// <summary>What the user asked for is wrong or incomplete.</summary>
    Input,

    /// <summary>What the user named does not exist.</summary>
    NotFound,

    /// <summary>It cannot be done now: something else holds it.</summary>
    Busy,

    /// <summary>Somebody else has changed it since the user looked at it.</summary>
    Conflict,

    /// <summary>A file, folder or database cannot be used as it should; the operator must act.</summary>
    Storage,
}

/// <summary>A failure of the platform or its input that is told to the user as it stands: what, where and what to do.</summary>
internal sealed class PlatformException(PlatformFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public PlatformFault Fault { get; } = fault;

    /// <summary>What of the input it is about, by its name in the API; null for no single part.</summary>
    public string? Field { get; init; }
}
