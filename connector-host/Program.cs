using ConnectorPlatform.Host.Cli;
using ConnectorPlatform.Host.Runs.Workers;

// A worker starts a thousand times as often as the command line: it must not pay for it.
if (args is [WorkerProgram.Verb])
{
    WorkerProgram.Run();
}

return await CommandLine.RunAsync(args);
