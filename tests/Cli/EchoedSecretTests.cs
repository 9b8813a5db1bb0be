using ConnectorPlatform.Tests.Support;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;

namespace ConnectorPlatform.Tests.Cli;

/// <summary>A source that repeats the token in its error.</summary>
public sealed class EchoedSecretTests : IDisposable
{
    private const string Secret = "canary0123456789abcdef0123456789abcdef";

    private readonly TemporaryFolder _folder = new();
    private readonly WireMockServer _source = WireMockServer.Start();

    public void Dispose()
    {
        _source.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(280)]
    [InlineData(590)]
    [InlineData(5_000)]
    public async Task No_part_of_it_is_shown_wherever_it_stands(int before)
    {
        _source.Given(Request.Create().UsingAnyMethod())
            .RespondWith(Response.Create().WithStatusCode(400).WithBody(new string('x', before) + Secret));
        var program = new HostProgram(_folder.File("data"))
        {
            Environment = new()
            {
                ["Connectors__bitly__BaseAddress"] = _source.Url,
                ["Connectors__hello__BaseAddress"] = _source.Url,
            },
        };
        var credentials = $$"""{"access_token":"{{Secret}}"}""";

        var refused = await program.RunAsync(["account", "add", "checked", "--connector", "bitly", "--verbose"], credentials);
        (await program.RunAsync(["account", "add", "mine", "--connector", "hello", "--no-check"], credentials)).Ended(0);
        var failed = await program.RunAsync("run", "--connector", "hello", "--account", "mine", "--verbose");

        Assert.All([refused, failed], result =>
        {
            Assert.NotEqual(0, result.Code);
            Assert.DoesNotContain(Secret[..8], result.Output + result.Error, StringComparison.Ordinal);
        });
    }
}
