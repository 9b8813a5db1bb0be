using System.CommandLine;
using ConnectorPlatform.Host.Schedules;

namespace ConnectorPlatform.Host.Cli;

/// <summary><c>zone</c>: shows or sets the platform's time zone.</summary>
internal static class ZoneCommand
{
    public static void AddTo(Command root)
    {
        var name = new Argument<string?>("zone") { Description = "An IANA zone, such as Europe/Berlin, to be the platform's.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("zone", "Show or set the platform's time zone: that of the pages' times, and of schedules that name none.") { name };
        command.Does((invocation, _) =>
        {
            var zone = invocation.Part<PlatformZone>();
            if (invocation.Value(name) is { } given)
            {
                zone.Set(given);
            }

            invocation.Output.Write(new { Zone = zone.Current.Id }, () => invocation.Output.Line($"The platform's zone is {zone.Current.Id}."));
            return Task.FromResult(ExitCode.Success);
        });
        root.Add(command);
    }
}
