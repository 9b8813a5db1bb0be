using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using ConnectorPlatform.Host.Audit;

namespace ConnectorPlatform.Host.Cli;

/// <summary>The program's verbs, and what they share: where the data lies, how to write, and how failures end.</summary>
internal static class CommandLine
{
    private static readonly Option<string> Data = new("--data")
    {
        Description = "The data folder; by default CONNECTOR_PLATFORM_DATA, or ./data.",
        Recursive = true,
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("CONNECTOR_PLATFORM_DATA") ?? "data",
    };

    private static readonly Option<bool> Json = new("--json") { Description = "Write JSON.", Recursive = true };

    private static readonly Option<bool> Verbose = new("--verbose") { Description = "On errors, tell all particulars.", Recursive = true };

    public static Task<int> RunAsync(string[] arguments)
    {
        var root = new RootCommand("Connector Platform: reads from sources through connectors and keeps the results as DataSets.")
        {
            Data,
            Json,
            Verbose,
        };
        ConnectorCommands.AddTo(root);
        PackageCommands.AddTo(root);
        FormCommands.AddTo(root);
        RunCommand.AddTo(root);
        RunsCommand.AddTo(root);
        CertifyCommand.AddTo(root);
        DataSetCommands.AddTo(root);
        ScheduleCommands.AddTo(root);
        ZoneCommand.AddTo(root);
        AccountCommands.AddTo(root);
        KeyCommands.AddTo(root);
        NoticeCommands.AddTo(root);
        PersonCommands.AddTo(root);
        TokenCommands.AddTo(root);
        GroupCommands.AddTo(root);
        AuditCommands.AddTo(root);
        ServerCommands.AddTo(root);
        RecordCommand.AddTo(root);
        DevCommand.AddTo(root);
        // "@" begins a file of details here, not one of further arguments.
        var parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            Console.Error.WriteLine($"{string.Join(" ", parsed.Errors.Select(problem => problem.Message))} See --help.");
            return Task.FromResult(ExitCode.Input);
        }

        // The verbs themselves turn exceptions into exit codes and signals into cancellations; a second handler would hide what it does not know.
        return parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    /// <summary>Gives a verb its work: whatever it throws becomes one line on standard error and an exit code.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "The command line is the border.")]
    public static void Does(this Command command, Func<Invocation, CancellationToken, Task<int>> work) =>
        command.SetAction(async (parsed, _) =>
        {
            CurrentActor.Value = Actor.OfCommandLine;
            using var signals = new StopSignals();
            await using var invocation = new Invocation(parsed, parsed.GetValue(Data)!, parsed.GetValue(Json), signals);
            try
            {
                return await work(invocation, signals.Token).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                var (code, message) = ExitCode.Of(exception);
                invocation.Output.Error(OneLine(message));
                if (parsed.GetValue(Verbose))
                {
                    invocation.Output.Error(exception.ToString());
                }

                return code;
            }
        });

    private static string OneLine(string message) => string.Join(' ', message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
}
