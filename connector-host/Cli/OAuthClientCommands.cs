using System.CommandLine;
using ConnectorPlatform.Host.Accounts.OAuth;
using ConnectorPlatform.Host.Connectors;

namespace ConnectorPlatform.Host.Cli;

/// <summary><c>account client show|set|remove</c>: with which client users sign in at a connector's source.</summary>
internal static class OAuthClientCommands
{
    public static Command Client() => new("client", "The client that is registered at a connector's source, so that users can sign in there.") { Show(), Set(), Remove() };

    private static Command Show()
    {
        var connector = Options.Connector();
        var command = new Command("show", "Show the client; its secret is never shown.") { connector };
        command.Does((invocation, _) =>
        {
            Tell(invocation, invocation.Part<OAuthClientStore>().StateOf(invocation.Part<ConnectorCatalog>().Find(invocation.Value(connector)!).Manifest.Id));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static Command Set()
    {
        var connector = Options.Connector();
        var id = new Argument<string>("client-id") { Description = "As the source gave it." };
        var file = new Option<string>("--secret-file") { Description = "A file with the client secret; without it the secret is read from standard input. Empty keeps the one that is stored." };
        var command = new Command("set", "Set the client. Its secret is never an argument.") { id, connector, file };
        command.Does(async (invocation, cancellationToken) =>
        {
            var package = invocation.Part<ConnectorCatalog>().Find(invocation.Value(connector)!);
            var secret = invocation.Value(file) is { } path ? Options.ReadFile(path) : await Console.In.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
            var clients = invocation.Part<OAuthClientStore>();
            clients.Put(package.Manifest.Id, invocation.Value(id), secret);
            Tell(invocation, clients.StateOf(package.Manifest.Id));
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Remove()
    {
        var connector = Options.Connector();
        var command = new Command("remove", "Remove the client. Accounts that are connected work until their tokens end.") { connector };
        command.Does((invocation, _) =>
        {
            var id = invocation.Part<ConnectorCatalog>().Find(invocation.Value(connector)!).Manifest.Id;
            invocation.Part<OAuthClientStore>().Remove(id);
            Tell(invocation, invocation.Part<OAuthClientStore>().StateOf(id));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static void Tell(Invocation invocation, OAuthClientState state) => invocation.Output.Write(state, () => invocation.Output.Line(
        state.ClientId is null
            ? $"{state.Connector}: no client is set; users cannot sign in at the source."
            : $"{state.Connector}: client {state.ClientId}, {(state.HasSecret ? "with" : "without")} a secret, from the {(state.Origin == ClientOrigin.Configuration ? "configuration" : "store")}."));
}
