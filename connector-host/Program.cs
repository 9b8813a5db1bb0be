using ConnectorPlatform.Host.Cli;
using ConnectorPlatform.Host.DataSets.Storage.Queries;
using ConnectorPlatform.Host.Runs.Workers;

// They start a thousand times as often as the command line: they must not pay for it.
if (args is [WorkerProgram.Verb])
{
    WorkerProgram.Run();
}

if (args is [SqlProgram.Verb])
{
    SqlProgram.Run();
}

return await CommandLine.RunAsync(args);
