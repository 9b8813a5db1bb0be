using System.CommandLine;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.People.Storage;
using ConnectorPlatform.Host.Web;
using ConnectorPlatform.Host.Web.People;

namespace ConnectorPlatform.Host.Cli;

/// <summary><c>person list|add|role|disable|enable|reset|transfer|adopt</c>: who works on the data folder decides on people, also when none of them can sign in.</summary>
internal static class PersonCommands
{
    public static void AddTo(Command root) =>
        root.Add(new Command("person", "Who signs in to the pages and the API.") { List(), Add(), SetRole(), Disable(), Enable(), Reset(), Transfer(), Adopt() });

    private static Command List()
    {
        var command = new Command("list", "List the people.");
        command.Does((invocation, _) =>
        {
            var people = invocation.Part<PersonStore>().List();
            invocation.Output.Write(people, () => invocation.Output.Table(
                ["name", "role", "state", "last seen"],
                people.Select(person => (object?[])[person.Name, person.Role, StateOf(person), person.LastSeenAt])));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static Command Add()
    {
        var (name, role, url) = (Named(), RoleOption(), Url());
        var command = new Command("add", "Bring somebody in: writes a link, good once and for 24 hours, by which they choose their password.") { name, role, url };
        command.Does((invocation, _) =>
        {
            var (person, key) = invocation.Part<PeopleSetup>().Invite(invocation.Value(name), Roles.Parse(invocation.Value(role)!));
            TellLink(invocation, person, invocation.Value(url)!, key);
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static Command SetRole()
    {
        var name = Named();
        var role = new Argument<string>("role") { Description = "viewer, editor, operator or administrator." };
        var command = new Command("role", "Give a person another role.") { name, role };
        command.Does((invocation, _) =>
        {
            var person = invocation.Part<PeopleSetup>().SetRole(invocation.Part<PersonStore>().Get(invocation.Value(name)), Roles.Parse(invocation.Value(role)));
            Tell(invocation, person);
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static Command Disable() => Change("disable", "Sign a person out, and let them sign in no more.", (setup, person) => setup.Disable(person));

    private static Command Enable() => Change("enable", "Let a person sign in again.", (setup, person) => setup.Enable(person));

    private static Command Change(string verb, string description, Func<PeopleSetup, Person, Person> change)
    {
        var name = Named();
        var command = new Command(verb, description) { name };
        command.Does((invocation, _) =>
        {
            Tell(invocation, change(invocation.Part<PeopleSetup>(), invocation.Part<PersonStore>().Get(invocation.Value(name))));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static Command Reset()
    {
        var (name, url) = (Named(), Url());
        var command = new Command("reset", "Write a link, good once and for 24 hours, by which a person chooses a new password.") { name, url };
        command.Does((invocation, _) =>
        {
            var person = invocation.Part<PersonStore>().Get(invocation.Value(name));
            TellLink(invocation, person, invocation.Value(url)!, invocation.Part<PeopleSetup>().OpenReset(person));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static Command Transfer()
    {
        var name = Named();
        var to = new Argument<string>("to") { Description = "Who gets it." };
        var command = new Command("transfer", "Give the DataSets and accounts of a person to another.") { name, to };
        command.Does((invocation, _) =>
        {
            var people = invocation.Part<PersonStore>();
            TellMoved(invocation, invocation.Part<ShareStore>().Transfer(people.Get(invocation.Value(name)).Id, people.Get(invocation.Value(to)).Id), invocation.Value(to));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static Command Adopt()
    {
        var name = Named();
        var command = new Command("adopt", "Make a person the owner of the DataSets and accounts that nobody owns, such as those from before there were people.") { name };
        command.Does((invocation, _) =>
        {
            TellMoved(invocation, invocation.Part<ShareStore>().Adopt(invocation.Part<PersonStore>().Get(invocation.Value(name)).Id), invocation.Value(name));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static void TellMoved(Invocation invocation, int count, string to) =>
        invocation.Output.Write(new { To = to, Count = count }, () => invocation.Output.Line($"{to} has {count} more DataSets and accounts."));

    private static Argument<string> Named() => new("name") { Description = "What the person signs in with." };

    private static Option<string> RoleOption() => new("--role")
    {
        Description = "viewer, editor, operator or administrator.",
        DefaultValueFactory = _ => nameof(Role.Viewer).ToLowerInvariant(),
    };

    private static Option<string> Url() => new("--url") { Description = "Where the platform is reached.", DefaultValueFactory = _ => Server.DefaultAddress };

    private static void Tell(Invocation invocation, Person person) =>
        invocation.Output.Write(person, () => invocation.Output.Line($"{person.Name}: {person.Role.ToString().ToLowerInvariant()}, {StateOf(person)}."));

    private static void TellLink(Invocation invocation, Person person, string url, string key)
    {
        var link = url.TrimEnd('/') + WelcomePages.PathOf(key);
        invocation.Output.Write(new { person.Name, person.Role, Link = link }, () => invocation.Output.Line($"Give this link to {person.Name}; it is good once, for 24 hours: {link}"));
    }

    private static string StateOf(Person person) => person switch
    {
        { IsDisabled: true } => "disabled",
        { IsExpected: true } => "invited",
        _ => "active",
    };
}
