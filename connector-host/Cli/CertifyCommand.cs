using System.CommandLine;
using System.Text.Json;
using ConnectorPlatform.Host.Certification;
using ConnectorPlatform.Host.Connectors;

namespace ConnectorPlatform.Host.Cli;

/// <summary><c>certify</c>: the laws of the platform, asked of one package, offline.</summary>
internal static class CertifyCommand
{
    public static void AddTo(Command root)
    {
        var package = new Argument<string>("package") { Description = "A published package's folder, or a connector's id." };
        var level = new Option<CertificateLevel>("--level") { Description = "Bronze, Silver or Gold: how far to go, and what is needed for success.", DefaultValueFactory = _ => CertificateLevel.Gold };
        level.AcceptOnlyFromAmong("bronze", "silver", "gold", "Bronze", "Silver", "Gold");
        var samples = new Option<string?>("--samples") { Description = "A folder of recorded replies, laid out like the package's samples/, in their place." };
        var watch = new Option<bool>(ConstructorWatch.Option) { Hidden = true };
        var command = new Command("certify", "Check a connector against the laws of contract, forms, records, resuming and faults, offline, on its samples.") { package, level, samples, watch };
        command.Does(async (invocation, cancellationToken) =>
        {
            var folder = FolderOf(invocation, invocation.Value(package));
            if (invocation.Value(watch))
            {
                var (found, broken) = new PackageReader(folder, (_, _) => []).Read();
                invocation.Output.Line(JsonSerializer.Serialize(ConstructorWatch.Watch(found ?? throw new PlatformException(PlatformFault.Input, string.Join(" ", broken!.Problems)))));
                return ExitCode.Success;
            }

            var asked = invocation.Value(level);
            var certificate = await invocation.Part<Certifier>().CertifyAsync(folder, SamplesOf(invocation.Value(samples)), asked, isAsked: null, cancellationToken).ConfigureAwait(false);
            invocation.Output.Write(certificate, () => Tell(invocation.Output, certificate));
            return certificate.Level >= asked ? ExitCode.Success : ExitCode.Connector;
        });
        root.Add(command);
    }

    private static string FolderOf(Invocation invocation, string package) =>
        Directory.Exists(package) ? Path.GetFullPath(package) : invocation.Part<ConnectorCatalog>().Find(package).Folder;

    private static string? SamplesOf(string? folder) =>
        folder is null || Directory.Exists(folder) ? folder : throw new PlatformException(PlatformFault.Input, $"There is no folder {folder}: name one with recorded replies and a samples.json.");

    private static void Tell(Output output, Certificate certificate)
    {
        output.Table(["Check", "Level", "Law", "Result"], certificate.Checks.Select(check => (IReadOnlyList<object?>)[check.Id, $"{check.Level}", check.What, Words(check.Verdict)]));
        foreach (var check in certificate.Checks.Where(check => check.Found is not null))
        {
            output.Line($"{check.Id} {Words(check.Verdict)}: {check.Found}");
        }

        output.Line($"{certificate.Connector} {certificate.Version}: {(certificate.Level == CertificateLevel.None ? "no level reached" : $"{certificate.Level}".ToLowerInvariant())}");
    }

    private static string Words(Verdict verdict) => verdict switch
    {
        Verdict.Passed => "passed",
        Verdict.Failed => "FAILED",
        _ => "not applicable",
    };
}
