using System.Diagnostics;

namespace ConnectorPlatform.Benchmarks;

/// <summary>This program again, in a process of its own; ends with its standard input.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;

    private ChildProcess(params string[] arguments)
    {
        _process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
    }

    /// <summary>Starts the server; returns when it serves, with its address.</summary>
    public static async Task<(ChildProcess Process, Uri Address)> ServeAsync(int rows)
    {
        var process = new ChildProcess("serve", $"{rows}");
        return (process, new Uri(await process.ReadLineAsync()));
    }

    /// <summary>Measures one thing in a fresh process and a fresh folder.</summary>
    public static async Task<Measurement> MeasureAsync(string verb, Uri server, int number)
    {
        var folder = Directory.CreateTempSubdirectory("connector-benchmark-").FullName;
        try
        {
            using var process = new ChildProcess(verb, server.AbsoluteUri, $"{number}", folder);
            return Measurement.Parse(await process.ReadLineAsync());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private async Task<string> ReadLineAsync() =>
        await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("A child process ended without a result; see above.");
}
