using System.Diagnostics;
using System.Text.RegularExpressions;
using ConnectorPlatform.Host.Connectors;

namespace ConnectorPlatform.Host.Authoring;

/// <summary>How a build of a connector's project ended.</summary>
/// <param name="Package">Null when it failed.</param>
/// <param name="Errors">What the compiler, or the check of the package, says; none for a package.</param>
internal sealed record BuildOutcome(ConnectorPackage? Package, IReadOnlyList<string> Errors, TimeSpan Took);

/// <summary>Builds a connector's project into a package of its own.</summary>
internal sealed partial class ProjectBuild(FormCheck checkForm, TimeProvider time)
{
    private const int MostErrors = 50;
    private const int LastLines = 10;

    /// <summary>The folder's project file; null when it has none.</summary>
    public static string? ProjectIn(string folder) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.csproj").Order(StringComparer.Ordinal).FirstOrDefault() : null;

    /// <param name="project">The project file.</param>
    /// <param name="target">An empty folder, which then holds the package.</param>
    /// <param name="restore">False when an earlier build has restored the project's packages and its project file is the same.</param>
    /// <param name="cancellationToken">Ends the build.</param>
    /// <exception cref="PlatformException">There is no .NET SDK.</exception>
    public async Task<BuildOutcome> BuildAsync(string project, string target, bool restore, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var (code, output) = await RunAsync(project, target, restore, cancellationToken).ConfigureAwait(false);
        if (code != 0)
        {
            return new BuildOutcome(null, Errors(output, Path.GetDirectoryName(project)!), time.GetElapsedTime(start));
        }

        var manifests = Directory.GetFiles(target, ManifestReader.File, SearchOption.AllDirectories);
        if (manifests is not [var manifest])
        {
            return new BuildOutcome(
                null,
                [$"The build of {Path.GetFileName(project)} has published {manifests.Length} packages into its PackagesFolder instead of one: its Directory.Build.props must be that of a connector."],
                time.GetElapsedTime(start));
        }

        var (package, broken) = new PackageReader(Path.GetDirectoryName(manifest)!, checkForm).Read();
        return new BuildOutcome(package, [.. broken?.Problems.Select(problem => problem.ToString()) ?? []], time.GetElapsedTime(start));
    }

    private static async Task<(int Code, string Output)> RunAsync(string project, string target, bool restore, CancellationToken cancellationToken)
    {
        // One node, and none that stays: it would keep the pipes open that are read to their end here.
        string[] arguments = ["build", project, "-nologo", "-v:q", "-m:1", "-nodeReuse:false", "-clp:NoSummary", $"-p:PackagesFolder={target}", .. restore ? [] : (string[])["--no-restore"]];
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", arguments)
        {
            WorkingDirectory = Path.GetDirectoryName(project)!,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";

        // A host that was itself started by the SDK would hand on that SDK's places.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        using var process = Start(start);
        try
        {
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return (process.ExitCode, $"{await output.ConfigureAwait(false)}\n{await error.ConfigureAwait(false)}");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new PlatformException(PlatformFault.Input, $"The .NET SDK cannot be started: {exception.Message}. Install it, so that \"dotnet build\" works.", exception);
        }
    }

    private static List<string> Errors(string output, string folder)
    {
        var lines = output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var errors = lines.Where(line => ErrorMark().IsMatch(line))
            .Select(line => ProjectAtEnd().Replace(line, "").Replace(folder + Path.DirectorySeparatorChar, "", StringComparison.Ordinal))
            .Distinct()
            .Take(MostErrors)
            .ToList();
        return errors.Count > 0 ? errors : [.. lines.TakeLast(LastLines)];
    }

    [GeneratedRegex(@"(^|: |\s)error\s*(\w+)?\s*:")]
    private static partial Regex ErrorMark();

    [GeneratedRegex(@"\s\[[^\]]+\]$")]
    private static partial Regex ProjectAtEnd();
}
