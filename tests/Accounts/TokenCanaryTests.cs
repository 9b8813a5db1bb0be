using System.Text;
using System.Text.Json;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Sessions;

namespace ConnectorPlatform.Tests.Accounts;

/// <summary>What a source has granted is in no file, page or answer.</summary>
public sealed class TokenCanaryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_token_code_or_client_secret_is_in_a_file_a_page_or_an_answer()
    {
        await using var bench = await SignInBench.StartAsync();
        var account = await bench.ConnectAsync("acme");
        bench.Source.RefuseAccess("acme");
        var renewed = await RunAsync(bench, account, "Renewed");
        bench.Source.Revoke("acme");
        var refused = await RunAsync(bench, account, "Refused");

        Assert.True(renewed.IsSuccess, renewed.Failure?.Message);
        Assert.Equal(RunFailureKind.Credentials, refused.Failure?.Kind);
        foreach (var path in new[]
        {
            "/accounts", $"/accounts/{account.Id}", $"/accounts/{account.Id}/credentials", "/connectors/bitly/sign-in", $"/runs/{renewed.Id}", $"/runs/{refused.Id}",
            "/api/v1/accounts", $"/api/v1/runs/{refused.Id}", "/api/v1/connectors/bitly/oauth-client",
        })
        {
            Assert.DoesNotContain("canary-", await bench.Site.GetAsync(path), StringComparison.Ordinal);
        }

        Assert.NotEmpty(bench.Source.Tokens);
        foreach (var file in Directory.EnumerateFiles(bench.Site.DataFolder, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            Assert.False((await reader.ReadToEndAsync(Cancellation)).Contains("canary-", StringComparison.Ordinal), file);
        }
    }

    private static Task<RunRecord> RunAsync(SignInBench bench, Host.Accounts.Account account, string name) => bench.Site.Part<RunEngine>().RunAsync(
        bench.Site.Part<DataSetSetup>().AddDataSet(
            name,
            bench.Site.Part<ConnectorCatalog>().Find("bitly"),
            new AccountChoice(account),
            JsonElement.Parse("""{ "report": "link_information", "bitly_link": "bit.ly/2Qj2niP" }"""),
            UpdateMethod.Replace),
        RunTrigger.Manual,
        Cancellation);
}
