using System.CommandLine;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.People.Storage;

namespace ConnectorPlatform.Host.Cli;

/// <summary><c>group list|add|remove|join|leave</c>: people with whom DataSets and accounts are shared together.</summary>
internal static class GroupCommands
{
    public static void AddTo(Command root) => root.Add(new Command("group", "Groups of people with which DataSets and accounts are shared.")
    {
        List(),
        Add(),
        Remove(),
        Change("join", "Put a person into a group.", groups => groups.Join),
        Change("leave", "Take a person out of a group.", groups => groups.Leave),
    });

    private static Command List()
    {
        var command = new Command("list", "List the groups and who is in them.");
        command.Does((invocation, _) =>
        {
            var groups = invocation.Part<GroupStore>().List();
            invocation.Output.Write(groups, () => invocation.Output.Table(["name", "people"], groups.Select(group => (object?[])[group.Name, string.Join(", ", group.Members)])));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static Command Add()
    {
        var name = Named();
        var command = new Command("add", "Make a group.") { name };
        command.Does((invocation, _) =>
        {
            Tell(invocation, invocation.Part<GroupStore>().Add(invocation.Value(name)));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static Command Remove()
    {
        var name = Named();
        var command = new Command("remove", "Remove a group, and with it what was shared with it.") { name };
        command.Does((invocation, _) =>
        {
            var groups = invocation.Part<GroupStore>();
            var group = groups.Get(invocation.Value(name));
            groups.Remove(group.Id);
            invocation.Output.Write(new { Removed = group.Name }, () => invocation.Output.Line($"The group {group.Name} is removed."));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static Command Change(string verb, string description, Func<GroupStore, Action<string, string>> change)
    {
        var name = Named();
        var person = new Argument<string>("person") { Description = "What the person signs in with." };
        var command = new Command(verb, description) { name, person };
        command.Does((invocation, _) =>
        {
            var groups = invocation.Part<GroupStore>();
            var id = groups.Get(invocation.Value(name)).Id;
            change(groups)(id, invocation.Part<PersonStore>().Get(invocation.Value(person)).Id);
            Tell(invocation, groups.Get(id));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static Argument<string> Named() => new("name") { Description = "The group's name." };

    private static void Tell(Invocation invocation, PersonGroup group) =>
        invocation.Output.Write(group, () => invocation.Output.Line($"{group.Name}: {(group.Members.Count == 0 ? "nobody" : string.Join(", ", group.Members))}."));
}
