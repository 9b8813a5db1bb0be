using System.CommandLine;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.DataSets.Storage;
using ConnectorPlatform.Host.Runs;

namespace ConnectorPlatform.Host.Cli;

/// <summary><c>run</c>: once, without a DataSet.</summary>
internal static class RunCommand
{
    private const int RowsShown = 20;

    public static void AddTo(Command root)
    {
        var connector = Options.Connector();
        var account = Options.Account();
        var details = Options.Details();
        var target = ExportTarget.Option();
        var command = new Command("run", "Run a connector once and show or write its rows, keeping nothing.") { connector, account, details, target };
        command.Does(async (invocation, cancellationToken) =>
        {
            var package = invocation.Part<ConnectorCatalog>().Find(invocation.Value(connector)!);
            var setup = invocation.Part<DataSetSetup>();
            var settled = setup.SettleDetails(package, Options.ReadDetails(invocation, details));
            var export = ExportTarget.Parse(invocation.Value(target));
            var run = await invocation.Part<OneOffRun>().RunAsync(
                package, setup.Choose(invocation.Value(account)!), settled, reader => Show(invocation, reader, export), cancellationToken).ConfigureAwait(false);
            RunOutput.Tell(invocation.Output, run);
            return ExitCode.Of(run);
        });
        root.Add(command);
    }

    private static void Show(Invocation invocation, DataSetReader reader, ExportTarget? export)
    {
        if (export is not null)
        {
            export.Write(reader, invocation.Output);
            return;
        }

        RowOutput.Write(invocation.Output, reader.Page(0, RowsShown));
    }
}
