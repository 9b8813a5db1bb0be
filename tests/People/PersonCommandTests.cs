using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using ConnectorPlatform.Host.Web;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.People;

/// <summary>People and tokens from the command line, and what a server says at its first start.</summary>
public sealed partial class PersonCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private HostProgram Program => new(_folder.File("data")) { Environment = new() { ["Web__SignIn"] = "Required" } };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task People_are_brought_in_changed_and_disabled()
    {
        var added = (await Program.RunAsync("person", "add", "ada", "--role", "administrator", "--url", "https://platform.example/")).Ended(0);
        Assert.Matches("https://platform.example/welcome/[A-Za-z0-9_-]{43}", added.Output);
        Assert.Equal("Editor", (await Program.RunAsync("person", "role", "ada", "editor", "--json")).Ended(0).Json.GetProperty("role").GetString());
        Assert.Contains("disabled", (await Program.RunAsync("person", "disable", "ada")).Ended(0).Output, StringComparison.Ordinal);
        Assert.Contains("no role \"king\"", (await Program.RunAsync("person", "role", "ada", "king")).Ended(2).Error, StringComparison.Ordinal);
        Assert.Contains("no person \"eve\"", (await Program.RunAsync("person", "reset", "eve")).Ended(2).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_is_put_into_a_group()
    {
        (await Program.RunAsync("person", "add", "ada")).Ended(0);
        (await Program.RunAsync("group", "add", "Marketing")).Ended(0);
        Assert.Contains("Marketing: ada.", (await Program.RunAsync("group", "join", "marketing", "ada")).Ended(0).Output, StringComparison.Ordinal);
        Assert.Contains("no group \"Sales\"", (await Program.RunAsync("group", "remove", "Sales")).Ended(2).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_first_start_prints_the_way_in_and_a_token_opens_the_API()
    {
        var address = Server.FreeAddress();
        using var server = Program.Start("serve", "--url", address);
        try
        {
            string? line;
            do
            {
                line = await server.StandardOutput.ReadLineAsync(Cancellation);
            }
            while (line is not null && !line.Contains("/welcome/", StringComparison.Ordinal));

            using var http = new HttpClient { BaseAddress = new Uri(address) };
            Assert.Contains("Set up the platform", await http.GetStringAsync(LinkInLine().Match(line!).Value, Cancellation), StringComparison.Ordinal);
            (await Program.RunAsync("person", "add", "ada", "--role", "administrator")).Ended(0);
            var token = (await Program.RunAsync("token", "add", "script", "--person", "ada", "--scope", "read", "run")).Ended(0).Output.Trim();
            Assert.StartsWith("cplat_", token, StringComparison.Ordinal);
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var answer = await http.GetAsync("/api/v1/datasets", Cancellation);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var id = (await Program.RunAsync("token", "list", "--json")).Ended(0).Json[0].GetProperty("id").GetString()!;
            (await Program.RunAsync("token", "revoke", id)).Ended(0);
            using var revoked = await http.GetAsync("/api/v1/datasets", Cancellation);
            Assert.Equal(HttpStatusCode.Unauthorized, revoked.StatusCode);
        }
        finally
        {
            server.Kill(entireProcessTree: true);
        }
    }

    [GeneratedRegex(@"http://\S+/welcome/\S+")]
    private static partial Regex LinkInLine();
}
