using System.CommandLine;
using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.Cli;

/// <summary><c>keys rotate</c>.</summary>
internal static class KeyCommands
{
    public static void AddTo(Command root) => root.Add(new Command("keys", "The keys that protect what is stored.") { Rotate() });

    private static Command Rotate()
    {
        var command = new Command(
            "rotate",
            "Make a new key, encrypt everything that is stored with it, and wrap all keys with Keys:WrappingKey, if that is set. To change the wrapping key, set the old one as Keys:PreviousWrappingKey for this call. Start servers anew afterwards.");
        command.Does((invocation, _) =>
        {
            var renewed = invocation.Part<SecretRotation>().Rotate();
            var isWrapped = invocation.Part<KeyRing>().Wrapping is not null;
            invocation.Output.Write(
                new { Renewed = renewed, KeysAreWrapped = isWrapped },
                () => invocation.Output.Line($"A new key is there, and {renewed} stored secrets are encrypted with it. The keys are {(isWrapped ? "wrapped" : "not wrapped: who copies the data folder can open them")}. Start the server anew."));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }
}
