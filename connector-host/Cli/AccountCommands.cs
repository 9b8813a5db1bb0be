using System.CommandLine;
using System.Text.Json;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;

namespace ConnectorPlatform.Host.Cli;

/// <summary><c>account add|list|rename|replace|move|test|remove</c>, and <c>account client</c>.</summary>
internal static class AccountCommands
{
    public const string CredentialsVariable = "CONNECTOR_PLATFORM_CREDENTIALS";

    private const string HowCredentialsCome =
        $"The credentials, a JSON object as the connector's form asks for, are read from standard input, or from the environment variable {CredentialsVariable}.";

    public static void AddTo(Command root) =>
        root.Add(new Command("account", "Stored credentials for connectors.") { Add(), List(), Rename(), Replace(), Move(), Test(), Remove(), OAuthClientCommands.Client() });

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
        var unchecked_ = WithoutCheck();
        var command = new Command("add", $"Add an account. {HowCredentialsCome}") { name, connector, unchecked_ };
        command.Does(async (invocation, cancellationToken) =>
        {
            var package = invocation.Part<ConnectorCatalog>().Find(invocation.Value(connector)!);
            var account = await invocation.Part<AccountSetup>().AddAsync(
                invocation.Value(name),
                package,
                await ReadCredentialsAsync(cancellationToken).ConfigureAwait(false),
                check: !invocation.Value(unchecked_),
                cancellationToken).ConfigureAwait(false);
            Tell(invocation, account, "added");
            return ExitCode.Success;
        });
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "List the accounts.");
        command.Does((invocation, _) =>
        {
            var accounts = AccountState.OfAll(invocation.Part<AccountStore>(), invocation.Part<TimeProvider>().GetUtcNow());
            invocation.Output.Write(accounts.Select(state => state.Account), () => invocation.Output.Table(
                ["account", "connector", "identity", "state", "since", "DataSets", "last used"],
                accounts.Select(state => (object?[])
                    [state.Account.Name, state.Account.Connector, state.Account.Identity, state.Words, state.Since, state.Uses.Count, state.LastUsedAt])));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static Command Rename()
    {
        var name = Named();
        var to = new Argument<string>("new-name") { Description = "Its new name." };
        var command = new Command("rename", "Give an account another name.") { name, to };
        command.Does((invocation, _) =>
        {
            var account = invocation.Part<AccountSetup>().Rename(invocation.Part<AccountStore>().Get(invocation.Value(name)), invocation.Value(to));
            Tell(invocation, account, $"renamed from \"{invocation.Value(name)}\"");
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static Command Replace()
    {
        var name = Named();
        var unchecked_ = WithoutCheck();
        var another = new Option<bool>("--another") { Description = "The credentials may be somebody else's than the account was." };
        var command = new Command("replace", $"Put other credentials in the place of an account's. {HowCredentialsCome} A secret that is left out stays as it is stored.") { name, unchecked_, another };
        command.Does(async (invocation, cancellationToken) =>
        {
            var account = await invocation.Part<AccountSetup>().ReplaceAsync(
                invocation.Part<AccountStore>().Get(invocation.Value(name)),
                await ReadCredentialsAsync(cancellationToken).ConfigureAwait(false),
                check: !invocation.Value(unchecked_),
                mayBeAnother: invocation.Value(another),
                cancellationToken).ConfigureAwait(false);
            Tell(invocation, account, "reconnected");
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Move()
    {
        var name = Named();
        var to = new Argument<string>("to") { Description = "The account that its DataSets use from now on." };
        var chosen = new Option<string[]>("--dataset") { Description = "Only this DataSet, by name or id; may be repeated." };
        var command = new Command("move", "Give the DataSets of an account another one.") { name, to, chosen };
        command.Does((invocation, _) =>
        {
            var accounts = invocation.Part<AccountStore>();
            var ids = invocation.Value(chosen) is { Length: > 0 } names ? names.Select(dataSet => invocation.Part<DataSetConfigurationStore>().Get(dataSet).Id).ToList() : null;
            var moved = invocation.Part<AccountReplacement>().Replace(accounts.Get(invocation.Value(name)), accounts.Get(invocation.Value(to)), ids, ChangeOrigin.Cli);
            invocation.Output.Write(
                moved.Select(dataSet => new { dataSet.Id, dataSet.Name }),
                () => invocation.Output.Line($"{Counted.Of(moved.Count, "DataSet")} {(moved.Count == 1 ? "uses" : "use")} the account \"{invocation.Value(to)}\" from now on."));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static Command Test()
    {
        var name = Named();
        var command = new Command("test", "Ask the source whether an account works.") { name };
        command.Does(async (invocation, cancellationToken) =>
        {
            var account = invocation.Part<AccountStore>().Get(invocation.Value(name));
            var check = await invocation.Part<AccountSetup>().TestAsync(account, cancellationToken).ConfigureAwait(false);
            if (check.Failure is not null)
            {
                throw new ConnectorException(check.IsRefused ? FailureKind.Credentials : FailureKind.Source, check.Failure);
            }

            Tell(invocation, invocation.Part<AccountStore>().GetById(account.Id), "works");
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Remove()
    {
        var name = Named();
        var command = new Command("remove", "Remove an account that no DataSet uses.") { name };
        command.Does((invocation, _) =>
        {
            invocation.Part<AccountSetup>().Remove(invocation.Part<AccountStore>().Get(invocation.Value(name)));
            invocation.Output.Write(new { Removed = invocation.Value(name) }, () => invocation.Output.Line($"Account \"{invocation.Value(name)}\" removed."));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static Argument<string> Named() => new("name") { Description = "The account's name." };

    private static Option<bool> WithoutCheck() => new("--no-check") { Description = "Store the credentials without asking the source whether they work." };

    private static void Tell(Invocation invocation, Account account, string what) => invocation.Output.Write(account, () => invocation.Output.Line(
        $"Account \"{account.Name}\" {what}{(account.Identity is null ? "" : $": {account.Identity}")}."));
}
