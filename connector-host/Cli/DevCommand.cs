using System.CommandLine;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Authoring.Dev;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Http;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Web;
using ConnectorPlatform.Host.Web.Dev;

namespace ConnectorPlatform.Host.Cli;

/// <summary><c>dev</c>: builds a connector's project at every change and runs it beside the editor.</summary>
internal static class DevCommand
{
    private const string DefaultAddress = "http://127.0.0.1:5081";

    public static void AddTo(Command root)
    {
        var path = new Argument<string>("path") { Description = "The folder of the connector's project." };
        var once = new Option<bool>("--once") { Description = "Build, run every example of the sample data once, and end." };
        var url = new Option<string>("--url") { Description = "The loopback address of the page.", DefaultValueFactory = _ => DefaultAddress };
        var command = new Command(
            "dev", "Build a connector at every change of its files, in this process, where a debugger sees it, and show its form and runs on a page.")
        {
            path, once, url,
        };
        command.Does((invocation, cancellationToken) => invocation.Value(once)
            ? OnceAsync(invocation, invocation.Value(path), cancellationToken)
            : ServeAsync(invocation, invocation.Value(path), invocation.Value(url)!, cancellationToken));
        root.Add(command);
    }

    private static async Task<int> OnceAsync(Invocation invocation, string path, CancellationToken cancellationToken)
    {
        using var builds = ActivatorUtilities.CreateInstance<DevBuilds>(invocation.Parts, path);
        var build = await builds.BuildAsync([], cancellationToken).ConfigureAwait(false);
        Tell(invocation.Output, build);
        if (build.Errors.Count > 0)
        {
            return ExitCode.Connector;
        }

        var package = build.Good!.Package;
        var examples = DevRuns.ExamplesOf(package);
        if (examples.Count == 0)
        {
            invocation.Output.Line("There is no sample data to run on: \"connector-host record\" makes some.");
        }

        var succeeded = true;
        foreach (var example in examples)
        {
            succeeded &= await RunAsync(invocation, package, example, cancellationToken).ConfigureAwait(false);
        }

        return succeeded ? ExitCode.Success : ExitCode.Connector;
    }

    private static async Task<bool> RunAsync(Invocation invocation, ConnectorPackage package, SampleExample example, CancellationToken cancellationToken)
    {
        try
        {
            var run = await invocation.Part<DevRuns>().RunAsync(package, Account.Sample, example.Details, cancellationToken).ConfigureAwait(false);
            invocation.Output.Line($"{example.Name}: {run.Record.State}, {run.Rows?.Total ?? 0} rows.{(run.Record.Failure is { } failure ? $" {failure.Kind}: {failure.Message}" : "")}");
            return run.Record.IsSuccess;
        }
        catch (InvalidFormException exception)
        {
            invocation.Output.Line($"{example.Name}: {exception.Message}");
            return false;
        }
    }

    private static async Task<int> ServeAsync(Invocation invocation, string path, string url, CancellationToken cancellationToken)
    {
        var address = url != DefaultAddress || Server.IsFree(url) ? url : Server.FreeAddress();
        DevBuilds? builds = null;
        await using var server = Server.Build(
            invocation.DataFolder,
            address,
            application =>
            {
                builds = ActivatorUtilities.CreateInstance<DevBuilds>(application.Services, path);
                DevPages.Map(application, builds);
            },
            Server.WithoutSignIn);
        using (builds)
        {
            await server.ListenAsync(cancellationToken).ConfigureAwait(false);
            invocation.Output.Line($"The page is at {address}. Ctrl+C ends.");
            try
            {
                await builds!.WatchAsync(
                    changed => invocation.Output.Line($"Changed: {string.Join(", ", changed)}"),
                    build => Tell(invocation.Output, build),
                    cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // Ctrl+C is how it ends.
            }
        }

        return ExitCode.Success;
    }

    private static void Tell(Output output, DevBuild build)
    {
        output.Line(build.Summary);
        foreach (var error in build.Errors)
        {
            output.Error(error);
        }
    }
}
