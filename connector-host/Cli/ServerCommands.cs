using System.CommandLine;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.Web;
using ConnectorPlatform.Host.Web.People;

namespace ConnectorPlatform.Host.Cli;

/// <summary><c>serve</c> and <c>demo</c>.</summary>
internal static class ServerCommands
{
    public static void AddTo(Command root)
    {
        root.Add(Serve());
        root.Add(Demo());
    }

    private static Option<string> Url() => new("--url")
    {
        Description = "The address to listen on; beyond loopback, others reach the platform by the names of the setting Web:AllowedHosts.",
        DefaultValueFactory = _ => Server.DefaultAddress,
    };

    private static Command Serve()
    {
        var url = Url();
        var command = new Command("serve", "Serve the pages until interrupted.") { url };
        command.Does(async (invocation, cancellationToken) =>
        {
            await using var server = Server.Build(invocation.DataFolder, invocation.Value(url)!);
            await server.StartPlatformAsync(cancellationToken).ConfigureAwait(false);
            invocation.Output.Line($"Listening on {invocation.Value(url)}, data in {Path.GetFullPath(invocation.DataFolder)}. Ctrl+C ends.");
            TellWayIn(server, invocation.Output, invocation.Value(url)!);
            await WaitAsync(cancellationToken).ConfigureAwait(false);
            await server.StopPlatformAsync().ConfigureAwait(false);
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Demo()
    {
        var once = new Option<bool>("--once") { Description = "End after the table; the exit code tells whether every run succeeded." };
        var url = Url();
        var command = new Command("demo", "Fill one DataSet for each Bitly report from sample data, and serve the pages.") { once, url };
        command.Does(async (invocation, cancellationToken) =>
        {
            // The usual port may be taken by another copy; a demonstration should start all the same.
            var address = Server.IsFree(invocation.Value(url)!) || invocation.Value(url) != Server.DefaultAddress ? invocation.Value(url)! : Server.FreeAddress();
            await using var server = Server.Build(invocation.DataFolder, address);
            var demo = new Demo(server.Services, invocation.Output);
            if (invocation.Value(once))
            {
                return await demo.FillAsync(cancellationToken).ConfigureAwait(false) ? ExitCode.Success : ExitCode.Connector;
            }

            await server.StartPlatformAsync(cancellationToken).ConfigureAwait(false);
            var allSucceeded = await demo.FillAsync(cancellationToken).ConfigureAwait(false);
            var way = server.Configuration.ReadSignInMode() == SignInMode.Off ? "" : WelcomePages.PathOf(server.Services.GetRequiredService<PeopleSetup>().OpenDemo());
            invocation.Output.Line($"The pages are at {address}{way}{(way.Length > 0 ? " (this link signs you in, once)" : "")}, the data in {Path.GetFullPath(invocation.DataFolder)}. Ctrl+C ends.");
            await WaitAsync(cancellationToken).ConfigureAwait(false);
            await server.StopPlatformAsync().ConfigureAwait(false);
            return allSucceeded ? ExitCode.Success : ExitCode.Connector;
        });
        return command;
    }

    /// <summary>Says how the first administrator comes in, and what the operator should mend.</summary>
    private static void TellWayIn(WebApplication server, Output output, string address)
    {
        if (server.Configuration.ReadSignInMode() == SignInMode.Off)
        {
            return;
        }

        if (server.Services.GetRequiredService<PeopleSetup>().OpenSetup() is { } key)
        {
            output.Line($"There is no administrator yet. Become it with this link, which is good once, for 24 hours: {address}{WelcomePages.PathOf(key)}");
        }

        if (Reach.IsReadableOnTheWay(address))
        {
            output.Error($"Passwords and data cross the network in clear text at {address}: listen on https (Kestrel__Certificates__Default__Path), or behind a proxy that does (Web__Proxies).");
        }
    }

    private static Task WaitAsync(CancellationToken cancellationToken) =>
        Task.Delay(Timeout.Infinite, cancellationToken).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
