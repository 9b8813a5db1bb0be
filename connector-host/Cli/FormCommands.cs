using System.CommandLine;

namespace ConnectorPlatform.Host.Cli;

/// <summary><c>form settle</c>.</summary>
internal static class FormCommands
{
    public static void AddTo(Command root)
    {
    }
}
