using ConnectorPlatform.Host.Http;
using ConnectorPlatform.Host.Runs.Sessions;

namespace ConnectorPlatform.Tests.Runs;

public sealed class MaskedSessionTests
{
    private const string Secret = "canary0123456789abcdef";

    [Theory]
    [InlineData(0)]
    [InlineData(590)]
    public async Task An_error_that_repeats_the_credentials_shows_no_part_of_them(int before)
    {
        var credentials = System.Text.Json.JsonElement.Parse($$"""{"access_token":"{{Secret}}"}""");
        var connector = new Echo(new string('x', before) + Secret);
        await using var session = new MaskedSession(
            new InProcessSession(connector, new ConnectorContext { Http = new HttpClient(), Credentials = credentials }), () => SecretMask.For(credentials));

        var check = await Assert.ThrowsAsync<ConnectorException>(() => session.CheckAsync(TestContext.Current.CancellationToken));
        var menu = await Assert.ThrowsAsync<ConnectorException>(() => session.GetMenuAsync(new MenuRequest("groups"), TestContext.Current.CancellationToken));

        Assert.Equal((FailureKind.Details, FailureKind.Credentials), (check.Kind, menu.Kind));
        Assert.All([check, menu], error => Assert.DoesNotContain(Secret[..8], error.ToString(), StringComparison.Ordinal));
    }

    private sealed class Echo(string text) : IConnector
    {
        public Task<AccountIdentity> CheckAsync(ConnectorContext context, CancellationToken cancellationToken) =>
            throw new HttpRequestException(text, null, System.Net.HttpStatusCode.BadRequest);

        public Task<IReadOnlyList<MenuOption>> GetMenuAsync(MenuRequest request, ConnectorContext context, CancellationToken cancellationToken) =>
            throw new ConnectorException(FailureKind.Credentials, text);

        public IAsyncEnumerable<RecordBatch> ReadAsync(ConnectorContext context, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
