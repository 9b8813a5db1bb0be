using System.Diagnostics;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Author;

/// <summary>The <c>dotnet</c> command in a folder, as an author types it, with packages of its own and without leaving anything running.</summary>
internal sealed class TemplateCommand(string folder, string packages)
{
    public async Task<ProgramResult> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["NUGET_PACKAGES"] = packages,
                ["DOTNET_NOLOGO"] = "1",
                ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
                ["DOTNET_CLI_UI_LANGUAGE"] = "en",

                // A server that stays behind would hold the pipes open.
                ["MSBUILDDISABLENODEREUSE"] = "1",
                ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0",
                ["UseSharedCompilation"] = "false",
            },
        };
        using var process = Process.Start(start)!;
        return await HostProgram.EndAsync(process);
    }
}
