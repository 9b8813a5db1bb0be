using System.Diagnostics;
using System.Globalization;

namespace ConnectorPlatform.Host;

/// <summary>This program, started once more for what must not harm the host: connectors' code, and users' queries.</summary>
internal static class ChildProgram
{
    /// <summary>This program; beside a test or another host, the one in its folder.</summary>
    public static string Executable
    {
        get
        {
            var name = OperatingSystem.IsWindows() ? "connector-host.exe" : "connector-host";
            return Path.GetFileName(Environment.ProcessPath) == name ? Environment.ProcessPath! : Path.Combine(AppContext.BaseDirectory, name);
        }
    }

    /// <summary>How it is started: with pipes, and of the environment with what a runtime needs; the host's secrets, proxies and settings are not its business.</summary>
    /// <param name="executable">The program.</param>
    /// <param name="verb">What it is to do.</param>
    /// <param name="heapMegabytes">The most that its managed heap takes.</param>
    public static ProcessStartInfo StartOf(string executable, string verb, int heapMegabytes)
    {
        var start = new ProcessStartInfo(executable, verb)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var name in start.Environment.Keys.Except(["PATH", "LANG", "TZ", "TMPDIR", "DOTNET_ROOT", "DOTNET_ROOT_X64", "SSL_CERT_DIR", "SSL_CERT_FILE"]).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["DOTNET_GCHeapHardLimit"] = ((long)heapMegabytes << 20).ToString("x", CultureInfo.InvariantCulture);
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return start;
    }
}
