using System.CommandLine;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;

namespace ConnectorPlatform.Host.Cli;

/// <summary><c>dataset create|list|show|run|rows|export|delete</c>.</summary>
internal static class DataSetCommands
{
    private const int RunsShown = 10;

    public static void AddTo(Command root)
    {
        var dataSet = new Command("dataset", "Tables that connectors fill.") { Create(), List(), Show(), Run(), Rows(), Export(), Delete() };
        DataSetHistoryCommands.AddTo(dataSet);
        DataSetApprovalCommands.AddTo(dataSet);
        ScheduleCommands.AddToDataSet(dataSet);
        BackfillCommands.AddTo(dataSet);
        root.Add(dataSet);
    }

    private static Command Create()
    {
        var name = new Argument<string>("name") { Description = "The DataSet's name." };
        var connector = Options.Connector();
        var account = Options.Account();
        var details = Options.Details();
        var (rules, labels) = (new RuleOptions(), new LabelOptions());
        var command = new Command("create", "Create a DataSet; it is empty until it has run.") { name, connector, account, details };
        rules.AddTo(command);
        labels.AddTo(command);
        command.Does((invocation, _) =>
        {
            var setup = invocation.Part<DataSetSetup>();
            var dataSet = setup.AddDataSet(
                invocation.Value(name),
                invocation.Part<ConnectorCatalog>().Find(invocation.Value(connector)!),
                setup.Choose(invocation.Value(account)!),
                Options.ReadDetails(invocation, details),
                rules.Apply(invocation, UpdateMethod.Replace, new DataSetRules()),
                labels.Apply(invocation, DataSetLabels.None));
            invocation.Output.Write(dataSet, () => invocation.Output.Line($"DataSet \"{dataSet.Name}\" created."));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "List the DataSets.");
        command.Does(async (invocation, cancellationToken) =>
        {
            await invocation.ReconcileAsync(cancellationToken).ConfigureAwait(false);
            var runs = invocation.Part<RunStore>();
            var listing = invocation.Part<DataSetConfigurationStore>().List().Select(dataSet => (DataSet: dataSet, Last: runs.Last(dataSet.Id))).ToList();
            invocation.Output.Write(
                listing.Select(entry => new { entry.DataSet.Id, entry.DataSet.Name, entry.DataSet.Connector, entry.DataSet.UpdateMethod, entry.DataSet.Tags, entry.Last?.State, LastRun = entry.Last?.EndedAt }),
                () => invocation.Output.Table(
                    ["dataset", "connector", "update", "last run", "state"],
                    listing.Select(entry => (object?[])
                        [entry.DataSet.Name, entry.DataSet.Connector, entry.DataSet.UpdateMethod, entry.Last?.EndedAt, entry.Last?.State.ToString() ?? "never run"])));
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Show()
    {
        var name = Options.DataSet();
        var command = new Command("show", "Show a DataSet: configuration, columns, last runs.") { name };
        command.Does(async (invocation, cancellationToken) =>
        {
            await invocation.ReconcileAsync(cancellationToken).ConfigureAwait(false);
            var dataSet = invocation.Part<DataSetConfigurationStore>().Get(invocation.Value(name));
            using var lease = await invocation.Part<DataSetFiles>().OpenAsync(dataSet.Id, cancellationToken).ConfigureAwait(false);
            var columns = lease.Reader.Columns();
            var rows = lease.Reader.Count();
            var runs = invocation.Part<RunStore>().Of(dataSet.Id, RunsShown);
            var account = dataSet.AccountId is { } id ? invocation.Part<AccountStore>().GetById(id).Name : Account.Sample;
            invocation.Output.Write(
                new { dataSet.Id, dataSet.Name, dataSet.Description, dataSet.Tags, dataSet.Connector, Account = account, dataSet.UpdateMethod, dataSet.Details, Rows = rows, Columns = columns, Runs = runs.Select(RunOutput.AsObject) },
                () =>
                {
                    invocation.Output.Line($"{dataSet.Name}: connector {dataSet.Connector}, account {account}, update method {dataSet.UpdateMethod}, {Counted.Of(rows, "row")}");
                    invocation.Output.Line($"details: {dataSet.Details.GetRawText()}");
                    invocation.Output.Table(
                        ["column", "type", "key", "description"],
                        columns.Select(column => (object?[])[column.Name, column.Type, column.IsKey ? "key" : "", column.Description]));
                    invocation.Output.Table(
                        ["run", "state", "started", "rows read", "written", "removed", "what happened"],
                        runs.Select(run => (object?[])
                            [run.Id, run.State, run.StartedAt, run.Counts.RowsRead, run.Counts.RowsWritten, run.Counts.RowsRemoved, run.Failure?.Message ?? string.Join(" ", run.Warnings)]));
                });
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Run()
    {
        var name = Options.DataSet();
        var command = new Command("run", "Run a DataSet now.") { name };
        command.Does(async (invocation, cancellationToken) =>
        {
            await invocation.ReconcileAsync(cancellationToken).ConfigureAwait(false);
            var dataSet = invocation.Part<DataSetConfigurationStore>().Get(invocation.Value(name));
            var run = await invocation.RunAsync(engine => engine.RunAsync(dataSet, RunTrigger.Manual, CancellationToken.None)).ConfigureAwait(false);
            if (invocation.Output.AsJson)
            {
                invocation.Output.Write(RunOutput.AsObject(run), () => { });
            }
            else
            {
                RunOutput.Tell(invocation.Output, run);
            }

            return ExitCode.Of(run);
        });
        return command;
    }

    private static Command Rows()
    {
        var name = Options.DataSet();
        var limit = new Option<int>("--limit") { Description = "The most rows to show.", DefaultValueFactory = _ => 20 };
        var offset = new Option<long>("--offset") { Description = "Rows to leave out first." };
        var command = new Command("rows", "Show rows of a DataSet.") { name, limit, offset };
        command.Does(async (invocation, cancellationToken) =>
        {
            if (invocation.Value(limit) < 0 || invocation.Value(offset) < 0)
            {
                throw new PlatformException(PlatformFault.Input, "--limit and --offset must not be negative.");
            }

            var dataSet = invocation.Part<DataSetConfigurationStore>().Get(invocation.Value(name));
            using var lease = await invocation.Part<DataSetFiles>().OpenAsync(dataSet.Id, cancellationToken).ConfigureAwait(false);
            RowOutput.Write(invocation.Output, lease.Reader.Page(invocation.Value(offset), invocation.Value(limit)));
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Export()
    {
        var name = Options.DataSet();
        var target = ExportTarget.Option();
        target.Required = true;
        var command = new Command("export", "Write all rows of a DataSet to a file.") { name, target };
        command.Does(async (invocation, cancellationToken) =>
        {
            var export = ExportTarget.Parse(invocation.Value(target))!;
            var dataSet = invocation.Part<DataSetConfigurationStore>().Get(invocation.Value(name));
            using var lease = await invocation.Part<DataSetFiles>().OpenAsync(dataSet.Id, cancellationToken).ConfigureAwait(false);
            export.Write(lease.Reader, invocation.Output);
            if (export.Path is not null)
            {
                var rows = lease.Reader.Count();
                invocation.Output.Write(new { export.Path, Rows = rows }, () => invocation.Output.Line($"{Counted.Of(rows, "row")} written to {export.Path}."));
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static Command Delete()
    {
        var name = Options.DataSet();
        var command = new Command("delete", "Delete a DataSet with its rows and its history.") { name };
        command.Does((invocation, _) =>
        {
            var dataSet = invocation.Part<DataSetConfigurationStore>().Get(invocation.Value(name));
            invocation.Part<DataSetRemoval>().Delete(dataSet);
            invocation.Output.Write(new { Deleted = dataSet.Name }, () => invocation.Output.Line($"DataSet \"{dataSet.Name}\" deleted."));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }
}
