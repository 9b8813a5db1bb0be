namespace ConnectorPlatform.Host.Web.Site;

/// <summary>A page above the one shown.</summary>
/// <param name="Path">Local, such as <c>/connectors</c>.</param>
internal sealed record Crumb(string Title, string Path);

/// <summary>What a page shows inside the frame.</summary>
/// <param name="Template">A template's file name without its ending.</param>
/// <param name="Title">Also the heading, unless the template has its own.</param>
/// <param name="Model">Its members stand in the template in snake_case.</param>
internal sealed record PageView(string Template, string Title, object Model)
{
    public IReadOnlyList<Crumb> Crumbs { get; init; } = [];

    /// <summary>The entry of the navigation that is current: <c>home</c>, <c>connectors</c>, <c>runs</c>, <c>accounts</c> or <c>settings</c>.</summary>
    public string Section { get; init; } = "";

    public int Status { get; init; } = StatusCodes.Status200OK;

    public bool HasOwnHeading { get; init; }

    /// <summary>False on a server that has this one page.</summary>
    public bool HasNavigation { get; init; } = true;
}
