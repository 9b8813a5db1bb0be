using System.Threading.Channels;
using ConnectorPlatform.Tests.Http;
using ConnectorPlatform.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace ConnectorPlatform.Tests.Notices;

/// <summary>The verbs <c>notice</c>, and what a killed server leaves.</summary>
public sealed class NoticeProgramTests : IDisposable
{
    private const string Secret = "canary-0123456789-abcdef";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_rule_is_added_tried_listed_and_removed_and_its_secret_never_shown()
    {
        await using var receiver = await LoopbackSource.StartAsync(async context =>
        {
            context.Response.StatusCode = context.Request.Path.Value!.Contains("broken", StringComparison.Ordinal) ? 404 : 200;
            await context.Response.WriteAsync($"seen {context.Request.Path}", context.RequestAborted);
        });
        var program = new HostProgram(_folder.File("data"));

        var added = (await program.RunAsync(["notice", "add", "chat", "--channel", "slack"], $"{receiver.Address}{Secret}/fine\n")).Ended(0);
        var broken = (await program.RunAsync(["notice", "add", "broken", "--channel", "teams", "--on", "first-failure"], $"{receiver.Address}{Secret}/broken")).Ended(0);
        var wrong = (await program.RunAsync(["notice", "add", "wrong", "--channel", "slack", "--body", "{{ datset }}"], $"{receiver.Address}{Secret}")).Ended(2);
        var shown = (await program.RunAsync(["notice", "add", "shown", "--channel", "slack", "--url", $"https://example.com/{Secret}"], "")).Ended(2);
        await using var mail = new SmtpReceiver();
        (await program.RunAsync(
            "notice", "add", "mail", "--channel", "email", "--to", "team@example.com", "all@example.com", "--from", "platform@example.com",
            "--server", $"127.0.0.1:{mail.Port}", "--encryption", "none")).Ended(0);
        var mailed = (await program.RunAsync("notice", "test", "mail", "--json")).Ended(0);
        var delivered = (await program.RunAsync("notice", "test", "chat")).Ended(0);
        var refused = (await program.RunAsync("notice", "test", "broken", "--verbose")).Ended(5);
        var list = (await program.RunAsync("notice", "list")).Ended(0);
        var log = (await program.RunAsync("notice", "log", "--json")).Ended(0);
        (await program.RunAsync("notice", "remove", "chat")).Ended(0);
        (await program.RunAsync("notice", "test", "chat")).Ended(2);

        Assert.Contains("template, line 1, column 4", wrong.Error, StringComparison.Ordinal);
        Assert.StartsWith("Delivered: 200 seen", delivered.Output, StringComparison.Ordinal);
        Assert.Contains("Not delivered: The receiver answered 404 seen", refused.Output, StringComparison.Ordinal);
        Assert.Equal(["team@example.com", "all@example.com"], mail.Mails.Single().Receivers);
        Assert.Contains("kept", mailed.Json.GetProperty("answer").GetString(), StringComparison.Ordinal);
        Assert.Equal(["GivenUp", "Delivered", "Delivered"], log.Json.EnumerateArray().Select(entry => entry.GetProperty("notice").GetProperty("state").GetString()));
        Assert.Contains("first-failure", list.Output, StringComparison.Ordinal);
        Assert.All(
            [added, broken, wrong, shown, delivered, refused, list, log],
            result => Assert.DoesNotContain(Secret, result.Output + result.Error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_is_killed_while_it_sends_sends_the_same_notice_again_when_it_is_back()
    {
        var requests = Channel.CreateUnbounded<string>();
        await using var receiver = await LoopbackSource.StartAsync(async context =>
        {
            await requests.Writer.WriteAsync(context.Request.Headers["Idempotency-Key"].ToString(), CancellationToken.None);
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        await using var source = await LoopbackSource.StartAsync(context =>
        {
            context.Response.StatusCode = 400;
            return Task.CompletedTask;
        });
        var program = new HostProgram(_folder.File("data")) { Environment = new() { ["Connectors__hello__BaseAddress"] = source.Address.ToString() } };
        (await program.RunAsync(["account", "add", "mine", "--connector", "hello", "--no-check"], """{"access_token":"a-token-for-tests"}""")).Ended(0);
        (await program.RunAsync("dataset", "create", "greetings", "--connector", "hello", "--account", "mine")).Ended(0);
        (await program.RunAsync(["notice", "add", "hook", "--channel", "webhook", "--url", receiver.Address.ToString()], "a signing key for tests")).Ended(0);
        Assert.NotEqual(0, (await program.RunAsync("dataset", "run", "greetings")).Code);

        var first = await KilledWhileSendingAsync(program, requests.Reader);
        var second = await KilledWhileSendingAsync(program, requests.Reader);

        Assert.Equal(first, second);
        Assert.Equal(2, receiver.Requests.Count);
    }

    private static async Task<string> KilledWhileSendingAsync(HostProgram program, ChannelReader<string> requests)
    {
        using var server = program.Start("serve", "--url", Host.Web.Server.FreeAddress());
        try
        {
            return await requests.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        }
        finally
        {
            server.Kill(entireProcessTree: true);
            await server.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }
}
