using System.ComponentModel;

namespace ConnectorPlatform.Host.Web.Api;

/// <summary>An error as the API tells it: Problem Details (RFC 9457), written by the site's failures.</summary>
internal sealed record ApiProblem
{
    [Description("Always about:blank: the status says what kind of error it is.")]
    public required string Type { get; init; }

    public required string Title { get; init; }

    public required int Status { get; init; }

    [Description("What happened and what to do.")]
    public required string Detail { get; init; }

    [Description("One entry for each thing that is wrong in what was sent.")]
    public required IReadOnlyList<ApiError> Errors { get; init; }
}

/// <summary>One thing that is wrong.</summary>
internal sealed record ApiError(
    [property: Description("JSON pointer of the member in the body; for what was filled into a form, in the form, as on the page.")] string Path,
    string Message);
