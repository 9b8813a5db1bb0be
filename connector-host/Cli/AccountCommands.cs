using System.CommandLine;
using System.Text.Json;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Runs;

namespace ConnectorPlatform.Host.Cli;

/// <summary><c>account add|list|remove</c>.</summary>
internal static class AccountCommands
{
    public const string CredentialsVariable = "CONNECTOR_PLATFORM_CREDENTIALS";

    public static void AddTo(Command root) => root.Add(new Command("account", "Stored credentials for connectors.") { Add(), List(), Remove() });

    /// <summary>Credentials as a script or a person hands them over; never an argument.</summary>
    public static async Task<JsonElement> ReadCredentialsAsync(CancellationToken cancellationToken)
    {
        var text = Environment.GetEnvironmentVariable(CredentialsVariable) ?? await Console.In.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
        return Options.ReadObject(text, "The credentials");
    }

    private static Command Add()
    {
        var name = new Argument<string>("name") { Description = "A name that you recognise the account by." };
        var connector = Options.Connector();
        var unchecked_ = new Option<bool>("--no-check") { Description = "Store the credentials without asking the source whether they work." };
        var command = new Command(
            "add",
            $"Add an account. The credentials, a JSON object as the connector's form asks for, are read from standard input, or from the environment variable {CredentialsVariable}.")
        {
            name, connector, unchecked_,
        };
        command.Does(async (invocation, cancellationToken) =>
        {
            var package = invocation.Part<ConnectorCatalog>().Find(invocation.Value(connector)!);
            var account = await invocation.Part<DataSetSetup>().AddAccountAsync(
                invocation.Value(name),
                package,
                await ReadCredentialsAsync(cancellationToken).ConfigureAwait(false),
                check: !invocation.Value(unchecked_),
                new RunProgress(new RunLog(null, TimeProvider.System)),
                cancellationToken).ConfigureAwait(false);
            invocation.Output.Write(account, () => invocation.Output.Line(
                $"Account \"{account.Name}\" added{(account.Identity is null ? "" : $": {account.Identity}")}."));
            return ExitCode.Success;
        });
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "List the accounts.");
        command.Does((invocation, _) =>
        {
            var accounts = invocation.Part<AccountStore>().List();
            invocation.Output.Write(accounts, () => invocation.Output.Table(
                ["account", "connector", "identity", "added"],
                accounts.Select(account => (object?[])[account.Name, account.Connector, account.Identity, account.CreatedAt])));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static Command Remove()
    {
        var name = new Argument<string>("name") { Description = "The account's name." };
        var command = new Command("remove", "Remove an account that no DataSet uses.") { name };
        command.Does((invocation, _) =>
        {
            invocation.Part<AccountStore>().Remove(invocation.Value(name));
            invocation.Output.Write(new { Removed = invocation.Value(name) }, () => invocation.Output.Line($"Account \"{invocation.Value(name)}\" removed."));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }
}
