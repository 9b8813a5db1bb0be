using System.CommandLine;
using ConnectorPlatform.Host.Certification;
using ConnectorPlatform.Host.Connectors;

namespace ConnectorPlatform.Host.Cli;

/// <summary><c>certify</c>: the laws of a connector, for its author.</summary>
internal static class CertifyCommand
{
    public static void AddTo(Command root)
    {
        var connector = new Argument<string>("connector") { Description = "The folder of a package, or the id of a connector that is installed." };
        var level = new Option<CertificateLevel>("--level") { Description = "The level that must be reached.", DefaultValueFactory = _ => CertificateLevel.Gold };
        var only = new Option<string[]>("--only") { Description = "Judge these laws alone.", AllowMultipleArgumentsPerToken = true };
        var command = new Command("certify", "Judge a connector by its package and its samples, offline: bronze (contract, forms), silver (records, resuming), gold (faults, limits).")
        {
            connector,
            level,
            only,
        };
        command.Does(async (invocation, cancellationToken) =>
        {
            var laws = invocation.Value(only) is { Length: > 0 } asked ? asked : null;
            var certificate = await invocation.Part<Certifier>().JudgeAsync(
                FolderOf(invocation, invocation.Value(connector)), id => laws is null || laws.Contains(id), result => Tell(invocation, result), cancellationToken).ConfigureAwait(false);
            invocation.Output.Write(certificate, () => invocation.Output.Line($"{certificate.Connector} {certificate.Version}: {certificate.Level}"));
            return laws is null
                ? certificate.Level >= invocation.Value(level) ? ExitCode.Success : ExitCode.Connector
                : certificate.Checks.Any(check => check.Verdict is Verdict.Failed or Verdict.NotReached) ? ExitCode.Connector : ExitCode.Success;
        });
        root.Add(command);
    }

    private static string FolderOf(Invocation invocation, string connector) =>
        Directory.Exists(connector) ? Path.GetFullPath(connector)
        : connector.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? throw new PlatformException(PlatformFault.NotFound, $"There is no folder {connector}.")
            : invocation.Part<ConnectorCatalog>().Find(connector).Folder;

    private static void Tell(Invocation invocation, CheckResult result)
    {
        if (!invocation.Output.AsJson)
        {
            var verdict = result.Verdict switch { Verdict.Passed => "passed", Verdict.Failed => "FAILED", Verdict.NotApplicable => "not applicable", _ => "not reached" };
            invocation.Output.Line($"{result.Level,-6} {result.Id,-15} {verdict,-14} {(result.Finding.Length > 0 ? result.Finding : result.What)}");
        }
    }
}
