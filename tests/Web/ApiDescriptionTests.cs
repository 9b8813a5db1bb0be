using System.Net;
using Microsoft.AspNetCore.Routing;

namespace ConnectorPlatform.Tests.Web;

public sealed class ApiDescriptionTests : IAsyncLifetime
{
    private ApiClient _api = null!;

    public async ValueTask InitializeAsync() => _api = await ApiClient.StartAsync();

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public void Every_route_of_the_API_is_described_and_every_description_has_its_route()
    {
        var routes =
            from endpoint in _api.Site.Part<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            let path = "/" + endpoint.RoutePattern.RawText!.TrimStart('/')
            where path.StartsWith("/api/v1/", StringComparison.Ordinal) && path != "/api/v1/openapi.json"
            from method in endpoint.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods
            select $"{method} {path}";

        Assert.Equal(routes.Order(StringComparer.Ordinal), _api.Schema.Operations.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_operation_says_what_it_does_takes_and_answers()
    {
        foreach (var name in _api.Schema.Operations)
        {
            var operation = _api.Schema.Operation(name.Split(' ')[0], name.Split(' ')[1]);
            Assert.False(string.IsNullOrEmpty(operation.GetProperty("summary").GetString()), name);
            Assert.False(string.IsNullOrEmpty(operation.GetProperty("operationId").GetString()), name);
            Assert.All(
                operation.TryGetProperty("parameters", out var parameters) ? parameters.EnumerateArray() : [],
                parameter => Assert.False(string.IsNullOrEmpty(parameter.GetProperty("description").GetString()), $"{name}: {parameter}"));
            Assert.All(operation.GetProperty("responses").EnumerateObject(), answer =>
            {
                Assert.False(string.IsNullOrEmpty(answer.Value.GetProperty("description").GetString()), $"{name} {answer.Name}");
                Assert.True(answer.Name[0] is '2' || answer.Value.GetProperty("content").TryGetProperty("application/problem+json", out _), $"{name} {answer.Name}");
            });
            Assert.Contains(operation.GetProperty("responses").EnumerateObject(), answer => answer.Name[0] == '2');
            Assert.Contains(operation.GetProperty("responses").EnumerateObject(), answer => answer.Name == "500");
        }
    }

    [Fact]
    public void Every_example_fits_its_schema()
    {
        var flaws = new List<string>();
        foreach (var name in _api.Schema.Operations)
        {
            var operation = _api.Schema.Operation(name.Split(' ')[0], name.Split(' ')[1]);
            var parts = operation.GetProperty("responses").EnumerateObject().Select(answer => answer.Value).ToList();
            if (operation.TryGetProperty("requestBody", out var body))
            {
                parts.Add(body);
                Assert.True(body.GetProperty("content").GetProperty("application/json").TryGetProperty("example", out _), name);
            }

            foreach (var media in parts.Where(part => part.TryGetProperty("content", out _)).SelectMany(part => part.GetProperty("content").EnumerateObject()))
            {
                if (media.Value.TryGetProperty("example", out var example))
                {
                    _api.Schema.Check(example, media.Value.GetProperty("schema"), name, flaws);
                }
            }
        }

        Assert.Empty(flaws);
    }

    [Fact]
    public async Task The_readable_page_shows_every_operation()
    {
        var page = WebUtility.HtmlDecode(await _api.Site.GetAsync("/api"));

        Assert.All(_api.Schema.Operations, name => Assert.Contains(name.Split(' ')[1], page, StringComparison.Ordinal));
        Assert.Contains("/api/v1/openapi.json", page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_description_is_OpenAPI_3_1() => Assert.StartsWith("3.1", _api.Schema.Document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
}
