using System.CommandLine;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.People.Storage;

namespace ConnectorPlatform.Host.Cli;

/// <summary><c>token add|list|revoke</c>: what programs use the API with.</summary>
internal static class TokenCommands
{
    public static void AddTo(Command root) => root.Add(new Command("token", "What programs use the API with, in a person's name.") { Add(), List(), Revoke() });

    private static Command Add()
    {
        var person = new Option<string>("--person") { Description = "In whose name: what the person signs in with.", Required = true };
        var name = new Argument<string>("name") { Description = "What the token is for." };
        var scopes = new Option<string[]>("--scope")
        {
            Description = "read, run, write or admin; several are allowed. A token never may more than its person.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => ["read"],
        };
        var days = new Option<int>("--days") { Description = "For how long it is good.", DefaultValueFactory = _ => (int)ApiTokenStore.UsualLifetime.TotalDays };
        var command = new Command("add", "Make a token; it is written once and kept nowhere.") { name, person, scopes, days };
        command.Does((invocation, _) =>
        {
            var owner = invocation.Part<PersonStore>().Get(invocation.Value(person)!);
            var (token, key) = invocation.Part<ApiTokenStore>().Add(
                owner.Id, invocation.Value(name), TokenScopes.Parse(invocation.Value(scopes)!), ApiTokenStore.LifetimeOf(invocation.Value(days)));
            invocation.Output.Write(new { token.Id, token.Name, token.Scopes, token.ExpiresAt, Token = key }, () => invocation.Output.Line(key));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "List the tokens.");
        command.Does((invocation, _) =>
        {
            var names = invocation.Part<PersonStore>().List().ToDictionary(person => person.Id, person => person.Name);
            var tokens = invocation.Part<ApiTokenStore>().List();
            invocation.Output.Write(tokens, () => invocation.Output.Table(
                ["id", "name", "person", "begins with", "scopes", "expires", "last used"],
                tokens.Select(token => (object?[])
                    [token.Id, token.Name, names.GetValueOrDefault(token.PersonId), token.Start, string.Join(", ", token.Scopes).ToLowerInvariant(), token.ExpiresAt, token.LastUsedAt])));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static Command Revoke()
    {
        var id = new Argument<string>("id") { Description = "As \"token list\" tells it." };
        var command = new Command("revoke", "Let a token open nothing any more.") { id };
        command.Does((invocation, _) =>
        {
            if (!invocation.Part<ApiTokenStore>().Remove(invocation.Value(id)))
            {
                throw new PlatformException(PlatformFault.NotFound, $"There is no token with the id {invocation.Value(id)}. See \"token list\".");
            }

            invocation.Output.Write(new { Revoked = invocation.Value(id) }, () => invocation.Output.Line("The token is revoked."));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }
}
