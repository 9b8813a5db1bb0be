using ConnectorPlatform.Tests.Http;
using ConnectorPlatform.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace ConnectorPlatform.Tests.Cli;

/// <summary>What the command line does with accounts that are there.</summary>
public sealed class AccountCommandTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private LoopbackSource _source = null!;

    private HostProgram Program => new(_folder.File("data")) { Environment = { ["Connectors__bitly__BaseAddress"] = _source.Address.ToString() } };

    public async ValueTask InitializeAsync()
    {
        // Whoever has the right token is let in.
        _source = await LoopbackSource.StartAsync(async context =>
        {
            context.Response.StatusCode = context.Request.Headers.Authorization == "Bearer the-right-token-0123456789" ? StatusCodes.Status200OK : StatusCodes.Status401Unauthorized;
            await context.Response.WriteAsJsonAsync(new { login = "owner", name = "The Owner" }, context.RequestAborted);
        });
        (await Program.RunAsync(["account", "add", "main", "--connector", "bitly", "--no-check"], Token("a-wrong-token-0123456789"))).Ended(0);
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task An_account_is_renamed_but_not_to_what_another_is_called()
    {
        (await Program.RunAsync(["account", "add", "other", "--connector", "bitly", "--no-check"], Token("a-token-of-another"))).Ended(0);

        Assert.Contains("\"sales\" renamed from \"main\"", (await Program.RunAsync("account", "rename", "main", "sales")).Ended(0).Output, StringComparison.Ordinal);
        Assert.Contains("There is no account \"main\"", (await Program.RunAsync("account", "rename", "main", "again")).Ended(2).Error, StringComparison.Ordinal);
        Assert.Contains("\"other\"", (await Program.RunAsync("account", "rename", "sales", "other")).Ended(2).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_test_tells_whether_the_source_lets_the_account_in_and_other_credentials_take_its_place()
    {
        var refused = (await Program.RunAsync("account", "test", "main")).Ended(3);
        Assert.DoesNotContain("a-wrong-token-0123456789", refused.Error + refused.Output, StringComparison.Ordinal);
        Assert.NotEqual(0, (await Program.RunAsync(["account", "replace", "main"], Token("another-wrong-token-0123456789"))).Code);

        (await Program.RunAsync(["account", "replace", "main"], Token("the-right-token-0123456789"))).Ended(0);

        Assert.Contains("Account \"main\" works: The Owner", (await Program.RunAsync("account", "test", "main")).Ended(0).Output, StringComparison.Ordinal);
        (await Program.RunAsync(["account", "replace", "main", "--no-check"], Token("a-wrong-token-0123456789"))).Ended(0);
        (await Program.RunAsync("account", "test", "main")).Ended(3);
    }

    private static string Token(string token) => $$"""{ "access_token": "{{token}}" }""";
}
