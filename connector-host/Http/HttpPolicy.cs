namespace ConnectorPlatform.Host.Http;

/// <summary>How a connector's source is reached, as the <c>http</c> member of <c>connector.json</c> declares it.</summary>
internal sealed record HttpPolicy
{
    public const long DefaultMaxReplyBytes = 64L * 1024 * 1024;

    /// <summary>Absolute http(s) address that ends with a slash; requests are relative to it.</summary>
    public required Uri BaseAddress { get; init; }

    /// <summary>The hosts that a run may reach and that receive the token; empty means the base address's host alone.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>What a run may reach besides the public internet; the operator says so, never the manifest.</summary>
    public IReadOnlyList<OpenAddress> OpenAddresses { get; init; } = [];

    public AuthenticationRule Authentication { get; init; } = new();

    /// <summary>Shared by all runs of one account; null when the source declares no limit.</summary>
    public RateBudget? RateBudget { get; init; }

    /// <summary>Requests under way at once for one account.</summary>
    public int MaxConcurrency { get; init; } = 4;

    public long MaxReplyBytes { get; init; } = DefaultMaxReplyBytes;

    public RetryRules Retry { get; init; } = new();

    /// <summary>The same policy for a base address that was chosen by who answers for the network: it may be anywhere.</summary>
    public HttpPolicy WithBaseAddressOpen() => this with { OpenAddresses = [.. OpenAddresses, OpenAddress.Of(BaseAddress)] };
}

/// <summary>How requests are authenticated: <c>none</c>, <c>bearer</c> (the credential <c>access_token</c>) or <c>header</c> (a Scriban template over the credentials).</summary>
internal sealed record AuthenticationRule(string Type = "none", string? Header = null, string? Value = null);

/// <summary>At most <paramref name="Requests"/> requests begin within any <paramref name="PerSeconds"/> seconds.</summary>
internal sealed record RateBudget(int Requests, int PerSeconds);

/// <summary>Replies that are retried besides 429, 502, 503 and 504, and replies that never are.</summary>
internal sealed record RetryRules
{
    public IReadOnlyList<ReplyPattern> Also { get; init; } = [];

    public IReadOnlyList<ReplyPattern> Never { get; init; } = [];
}

/// <summary>A reply by its status and, when given, a text that its body contains.</summary>
internal sealed record ReplyPattern(int Status, string? BodyContains = null);
