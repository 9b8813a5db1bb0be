using System.Diagnostics;
using System.Text.Json;

namespace ConnectorPlatform.Tests.Support;

/// <summary>The host's executable, run as a child process on a data folder.</summary>
internal sealed class HostProgram(string dataFolder)
{
    // The build lays the host and the tests into folders of the same name.
    private static readonly string Executable = Repository.PathOf(
        "artifacts", "bin", "connector-host", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), "connector-host");

    public Dictionary<string, string?> Environment { get; init; } = [];

    /// <summary>The most that the process may write into one file, as a disk or a user may be limited; Linux only.</summary>
    public int? MostBytesOfFile { get; init; }

    /// <summary>Runs to the end.</summary>
    public Task<ProgramResult> RunAsync(params string[] arguments) => RunAsync(arguments, "");

    /// <summary>Runs to the end on a given standard input.</summary>
    public async Task<ProgramResult> RunAsync(string[] arguments, string input)
    {
        using var process = Start(arguments);
        return await EndAsync(process, input);
    }

    public static async Task<ProgramResult> EndAsync(Process process, string input = "")
    {
        var cancellation = TestContext.Current.CancellationToken;
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var error = process.StandardError.ReadToEndAsync(cancellation);
        await process.StandardInput.WriteAsync(input.AsMemory(), cancellation);
        process.StandardInput.Close();
        await process.WaitForExitAsync(cancellation);
        return new ProgramResult(process.ExitCode, await output, await error);
    }

    public Process Start(params string[] arguments)
    {
        string[] command = [Executable, .. arguments, "--data", dataFolder];
        if (MostBytesOfFile is { } most)
        {
            // Blocks of 512 bytes. The signal would end the process before the database learns that it may not write.
            command = ["/bin/sh", "-c", $"trap '' XFSZ; ulimit -f {most / 512}; exec \"$@\"", "sh", .. command];
        }

        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (MostBytesOfFile is not null)
        {
            // The runtime's own double mapping of code is a large file in memory, which the limit forbids.
            start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        }

        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}

/// <summary>How a child process ended, and what it wrote.</summary>
internal sealed record ProgramResult(int Code, string Output, string Error)
{
    public JsonElement Json => JsonElement.Parse(Output);

    /// <summary>Checks the exit code and shows everything when it is another.</summary>
    public ProgramResult Ended(int code)
    {
        Assert.True(Code == code, $"Exit code {Code} instead of {code}.\n{Output}\n{Error}");
        return this;
    }
}
