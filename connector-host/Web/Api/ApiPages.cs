using ConnectorPlatform.Host.Web.Api.OpenApi;
using ConnectorPlatform.Host.Web.People;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.Api;

/// <summary>The API's description: for programs, and as a page for people.</summary>
internal sealed class ApiPages(SiteRenderer site, ApiDescription description)
{
    public const string DescriptionPath = "/api/v1/openapi.json";

    public static void Map(IEndpointRouteBuilder server)
    {
        var pages = server.ServiceProvider.GetRequiredService<ApiPages>();
        server.MapMethods("/api", Pages.Reading, pages.ShowAsync).ExcludeFromDescription();
        server.MapMethods(DescriptionPath, Pages.Reading, pages.DescriptionAsync).ExcludeFromDescription();
    }

    private async Task<IResult> ShowAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var reference = ApiReference.Of(await description.ReadAsync(cancellationToken).ConfigureAwait(false));
        return site.Page(context, new PageView("api-reference", "API", new
        {
            reference.About,
            reference.Groups,
            reference.Schemas,
            DescriptionPath,
            AsksForToken = context.Caller().Kind != CallerKind.Owner,
            Address = $"{context.Request.Scheme}://{context.Request.Host}",
        })
        {
            Section = "",
            Crumbs = [new Crumb("Data Center", "/")],
        });
    }

    private async Task<IResult> DescriptionAsync(CancellationToken cancellationToken) =>
        Results.Text(await description.ReadAsync(cancellationToken).ConfigureAwait(false), "application/json");
}
