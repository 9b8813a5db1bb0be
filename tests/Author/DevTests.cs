using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using ConnectorPlatform.Host.Web;

namespace ConnectorPlatform.Tests.Author;

/// <summary><c>dev</c> on the real executable and the real compiler.</summary>
public sealed partial class DevTests(ConnectorProject project) : IClassFixture<ConnectorProject>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Once_builds_and_runs_every_example_and_a_broken_example_ends_with_6()
    {
        var index = Path.Combine(project.Folder, "samples", "samples.json");

        var good = (await project.Program().RunAsync("dev", project.Folder, "--once")).Ended(0);
        project.Edit(index, "\"details\": {}", "\"details\": { \"no_such\": 1 }");
        var bad = (await project.Program().RunAsync("dev", project.Folder, "--once")).Ended(6);
        project.Edit(index, "\"details\": { \"no_such\": 1 }", "\"details\": {}");

        Assert.Matches(@"^Build 1 of hello 1\.0\.0 succeeded in \d+ ms\.\nGreetings: Succeeded, 250 rows\.\n$", good.Output);
        Assert.Contains("Greetings: The details are not valid. /no_such", bad.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_a_project_is_refused() =>
        Assert.Contains("holds no project file", (await project.Program().RunAsync("dev", "/", "--once")).Ended(2).Error, StringComparison.Ordinal);

    [Fact]
    public async Task A_saved_change_is_built_and_run_and_a_broken_one_leaves_the_last_good_build_running()
    {
        var address = Server.FreeAddress();
        var origin = await File.ReadAllTextAsync(project.Source, Cancellation);
        using var process = project.Program().Start("dev", project.Folder, "--url", address);
        using var browser = new HttpClient { BaseAddress = new Uri(address) };
        try
        {
            await WaitForAsync(process, "Build 1 of hello 1.0.0 succeeded");
            Assert.Contains("250 rows, the first 50 shown", await RunAsync(browser), StringComparison.Ordinal);

            project.Edit(project.Source, "Batch(page.Greetings,", "Batch([.. page.Greetings.Take(7)],");
            await WaitForAsync(process, "Build 2 of hello 1.0.0 succeeded");
            Assert.Contains("Changed: HelloConnector.cs.", await browser.GetStringAsync("/", Cancellation), StringComparison.Ordinal);
            Assert.Contains("21 rows", await RunAsync(browser), StringComparison.Ordinal);

            project.Edit(project.Source, "page.Greetings.Take(7)", "page.Greetigns.Take(7)");
            await WaitForAsync(process, "Build 3 failed");
            var page = await browser.GetStringAsync("/", Cancellation);
            Assert.Contains("error CS1061", page, StringComparison.Ordinal);
            Assert.Contains("HelloConnector.cs(", page, StringComparison.Ordinal);
            Assert.Contains("Build 2 is still the one that runs", page, StringComparison.Ordinal);
            Assert.Contains("Run of build 2", await RunAsync(browser), StringComparison.Ordinal);

            await InterruptAsync(process);
            Assert.Equal(0, process.ExitCode);
        }
        finally
        {
            await File.WriteAllTextAsync(project.Source, origin, Cancellation);
            process.Kill(entireProcessTree: true);
        }
    }

    private static async Task<string> RunAsync(HttpClient browser)
    {
        var token = FormToken().Match(await browser.GetStringAsync("/", Cancellation)).Groups[1].Value;
        var own = browser.BaseAddress!.GetLeftPart(UriPartial.Authority);
        using var foreign = await PostAsync(browser, "http://elsewhere.example", token);
        Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
        using var without = await PostAsync(browser, own, "");
        Assert.Equal(HttpStatusCode.BadRequest, without.StatusCode);
        using var good = await PostAsync(browser, own, token);
        Assert.Equal(HttpStatusCode.OK, good.StatusCode);
        return await good.Content.ReadAsStringAsync(Cancellation);
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient browser, string origin, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/run")
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["details"] = "{}", ["account"] = "sample", ["form-token"] = token }),
            Headers = { { "Origin", origin } },
        };
        return await browser.SendAsync(request, Cancellation);
    }

    private static async Task WaitForAsync(Process process, string beginning)
    {
        while (await process.StandardOutput.ReadLineAsync(Cancellation) is { } line)
        {
            if (line.StartsWith(beginning, StringComparison.Ordinal))
            {
                return;
            }

            Assert.False(line.StartsWith("Build", StringComparison.Ordinal), $"{line} instead of {beginning}");
        }

        Assert.Fail($"The program ended before {beginning}: {await process.StandardError.ReadToEndAsync(Cancellation)}");
    }

    private static async Task InterruptAsync(Process process)
    {
        using var kill = Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await process.WaitForExitAsync(Cancellation);
    }

    [GeneratedRegex("name=\"form-token\" value=\"([^\"]+)\"")]
    private static partial Regex FormToken();
}
