using System.CommandLine;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Sessions;

namespace ConnectorPlatform.Host.Cli;

/// <summary><c>connectors</c>, <c>check</c>, <c>menu</c>.</summary>
internal static class ConnectorCommands
{
    public static void AddTo(Command root)
    {
        root.Add(List());
        root.Add(Check());
        root.Add(Menu());
    }

    private static Command List()
    {
        var command = new Command("connectors", "List the connectors, and the broken packages with their reasons.");
        command.Does((invocation, _) =>
        {
            var catalog = invocation.LookAtConnectors();
            var listing = new
            {
                Connectors = catalog.Packages.Select(package => new
                {
                    package.Manifest.Id,
                    package.Manifest.Version,
                    package.Manifest.Name,
                    package.Manifest.Category,
                    package.Manifest.Description,
                    package.Folder,
                }),
                Broken = catalog.Broken,
            };
            invocation.Output.Write(listing, () =>
            {
                invocation.Output.Table(
                    ["connector", "version", "name", "category", "description"],
                    catalog.Packages.Select(package => (object?[])
                        [package.Manifest.Id, package.Manifest.Version, package.Manifest.Name, package.Manifest.Category, package.Manifest.Description]));
                foreach (var broken in catalog.Broken)
                {
                    invocation.Output.Line($"Broken: {broken.Folder}");
                    foreach (var problem in broken.Problems)
                    {
                        invocation.Output.Line($"  {problem}");
                    }
                }
            });
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static Command Check()
    {
        var connector = Options.Connector();
        var account = Options.Account();
        var command = new Command("check", "Check that an account works, and tell whose it is.") { connector, account };
        command.Does(async (invocation, cancellationToken) =>
        {
            await using var session = await OpenAsync(invocation, connector, account, null, cancellationToken).ConfigureAwait(false);
            var identity = await session.CheckAsync(cancellationToken).ConfigureAwait(false);
            invocation.Output.Write(identity, () => invocation.Output.Line($"The account works: {identity.DisplayName ?? "(the source tells no name)"}"));
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Menu()
    {
        var connector = Options.Connector();
        var account = Options.Account();
        var details = Options.Details();
        var search = new Option<string?>("--search") { Description = "What the user has typed to search in the menu." };
        var name = new Argument<string>("menu") { Description = "The menu, as the form's x-options name it." };
        var command = new Command("menu", "Show the options of a live menu.") { name, connector, account, details, search };
        command.Does(async (invocation, cancellationToken) =>
        {
            await using var session = await OpenAsync(invocation, connector, account, details, cancellationToken).ConfigureAwait(false);
            var request = new MenuRequest(invocation.Value(name), invocation.Value(search));
            var options = await session.GetMenuAsync(request, cancellationToken).ConfigureAwait(false);
            invocation.Output.Write(options, () => invocation.Output.Table(
                ["value", "label", "description"], options.Select(option => (object?[])[option.Value, option.Label, option.Description])));
            return ExitCode.Success;
        });
        return command;
    }

    private static Task<IConnectorSession> OpenAsync(
        Invocation invocation, Option<string> connector, Option<string> account, Option<string>? details, CancellationToken cancellationToken)
    {
        var request = new SessionRequest
        {
            Package = invocation.Part<ConnectorCatalog>().Find(invocation.Value(connector)!),
            Account = invocation.Part<DataSetSetup>().Choose(invocation.Value(account) ?? Account.Sample),
            Details = details is null ? Options.EmptyObject : Options.ReadDetails(invocation, details),
            Progress = new RunProgress(new RunLog(null, TimeProvider.System)),
        };
        return invocation.Part<ConnectorSessions>().OpenAsync(request, cancellationToken);
    }
}
