using System.CommandLine;
using System.Globalization;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Connectors.Packages;
using ConnectorPlatform.Host.Runs;

namespace ConnectorPlatform.Host.Cli;

/// <summary><c>connector list|show|install|activate|rollback|disable|enable|approve|remove|verify</c>; a running server follows within a second.</summary>
internal static class PackageCommands
{
    private const int MostNamed = 10;

    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Change nothing; tell how it would be, and which DataSets are affected." };

    private static readonly string Operator = Environment.UserName;

    public static void AddTo(Command root)
    {
        var id = new Argument<string>("connector") { Description = "The connector's id." };
        var version = new Argument<string>("version") { Description = "A version." };
        var optional = new Argument<string?>("version") { Description = "A version.", Arity = ArgumentArity.ZeroOrOne };
        var force = new Option<bool>("--force") { Description = "Also when DataSets become invalid or lose their connector." };
        root.Add(new Command("connector", "Install connectors, and choose which versions are used.")
        {
            List(),
            Show(id),
            Install(),
            Changing("activate", "Make new runs take a version from now on; without one, always the highest.", [id, optional], [force],
                (call, choices, cancellation) => choices.ActivateAsync(call.Value(id), call.Value(optional), Operator, call.Value(force), cancellation)),
            Changing("rollback", "Make new runs take the version that was active before.", [id], [force],
                (call, choices, cancellation) => choices.RollbackAsync(call.Value(id), Operator, call.Value(force), cancellation)),
            Changing("disable", "Let no new run use the connector.", [id], [], (call, choices, _) => Task.FromResult(choices.Disable(call.Value(id)))),
            Changing("enable", "Let runs use the connector again.", [id], [], (call, choices, _) => Task.FromResult(choices.Enable(call.Value(id)))),
            Changing("approve", "Allow a version that waits for approval, after a trial, or that is in quarantine.", [id, version], [],
                (call, choices, cancellation) => call.Part<Approval>().ApproveAsync(choices, call.Value(id), call.Value(version), Operator, cancellation)),
            Changing("remove", "Uninstall a version, or the whole connector; what runs on it may finish.", [id, optional], [force],
                (call, choices, _) => Task.FromResult(Remove(call, choices, call.Value(id), call.Value(optional), call.Value(force)))),
            Verify(id),
        });
    }

    private static Command List()
    {
        var command = new Command("list", "List the installed versions, and what was refused, with the reasons.");
        command.Does((invocation, _) =>
        {
            var locked = Locked(invocation);
            var refused = locked.Sources.Where(source => source.Problems.Count > 0).ToList();
            invocation.Output.Write(new { Connectors = locked.Connectors.Select(connector => Shape(invocation, connector)), Refused = refused }, () =>
            {
                invocation.Output.Table(
                    ["connector", "version", "state", "hosts", "sha256", "note"],
                    locked.Connectors.SelectMany(connector => connector.Versions.Select(version => (object?[])
                        [connector.Id, version.Version, StateOf(invocation, connector, version), string.Join(", ", version.AllowedHosts), version.Sha256[..12], NoteOn(invocation, version)])));
                foreach (var source in refused)
                {
                    invocation.Output.Line($"Refused: {source.Path}: {string.Join(" ", source.Problems)}");
                }
            });
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static Command Show(Argument<string> id)
    {
        var command = new Command("show", "Show a connector: its versions, where they came from, what they may reach, and its DataSets.") { id };
        command.Does((invocation, _) =>
        {
            Locked(invocation);
            Tell(invocation, invocation.Part<ConnectorChoices>().Get(invocation.Value(id)));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static Command Install()
    {
        var package = new Argument<string>("package") { Description = "A package's folder, a .nupkg that holds one, or the name of one in a feed." };
        var version = new Option<string?>("--version") { Description = "The version to take from a feed; by default the highest." };
        var command = new Command("install", "Install a package; the highest version becomes active unless another was chosen.") { package, version };
        command.Does(async (invocation, cancellationToken) =>
        {
            Locked(invocation);
            var (name, wanted) = (invocation.Value(package), invocation.Value(version));
            if (Path.Exists(name) && wanted is null)
            {
                return await InstallAsync(invocation, new(Path.GetFullPath(name), SourceKind.Given), cancellationToken).ConfigureAwait(false);
            }

            if (name.AsSpan().IndexOfAny('/', '\\') >= 0)
            {
                throw new PlatformException(
                    PlatformFault.Input, Path.Exists(name) ? $"--version is for packages of a feed; {name} has the version that it has." : $"There is no file or folder {Path.GetFullPath(name)}.");
            }

            var folder = Directory.CreateTempSubdirectory("connector-install-").FullName;
            try
            {
                var file = Path.Combine(folder, $"download{PackageArchive.Extension}");
                var origin = await invocation.Part<PackageFeed>().DownloadAsync(name, wanted, file, cancellationToken).ConfigureAwait(false);
                return await InstallAsync(invocation, new(file, SourceKind.Given, origin), cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        });
        return command;
    }

    private static async Task<int> InstallAsync(Invocation invocation, PackageSource source, CancellationToken cancellationToken)
    {
        var seen = await invocation.Part<PackageIntake>().TakeAsync(source, "", Operator, cancellationToken).ConfigureAwait(false);
        if (seen.Problems.Count > 0)
        {
            throw new PlatformException(PlatformFault.Input, $"{seen.Path} is not installed. {string.Join(" ", seen.Problems)}");
        }

        Tell(invocation, invocation.Part<ConnectorChoices>().Get(seen.Id!));
        return ExitCode.Success;
    }

    private static Command Verify(Argument<string> id)
    {
        var command = new Command("verify", "Compare the installed files with the hashes of the lock file.") { id };
        command.Does((invocation, _) =>
        {
            Locked(invocation);
            var damaged = invocation.Part<ConnectorChoices>().Verify(invocation.Value(id));
            invocation.Output.Write(new { Connector = invocation.Value(id), Damaged = damaged }, () => invocation.Output.Line(
                damaged.Count == 0 ? "All files are as they were installed." : $"Changed or gone: {string.Join(", ", damaged)}. Remove and install again."));
            return Task.FromResult(damaged.Count == 0 ? ExitCode.Success : ExitCode.Storage);
        });
        return command;
    }

    private static Command Changing(
        string name, string description, Argument[] arguments, Option[] options, Func<Invocation, ConnectorChoices, CancellationToken, Task<LockedConnector>> changeAsync)
    {
        var command = new Command(name, description) { DryRun };
        Array.ForEach(arguments, command.Add);
        Array.ForEach(options, command.Add);
        command.Does(async (invocation, cancellationToken) =>
        {
            Locked(invocation);
            var isDryRun = invocation.Value(DryRun);
            var choices = isDryRun
                ? new ConnectorChoices(invocation.Part<InstalledConnectors>(), invocation.Part<UpgradeCheck>(), onlyTells: true)
                : invocation.Part<ConnectorChoices>();
            var changed = await changeAsync(invocation, choices, cancellationToken).ConfigureAwait(false);
            if (isDryRun && !invocation.Output.AsJson)
            {
                invocation.Output.Line("Nothing is changed; it would be:");
            }

            Tell(invocation, changed);
            return ExitCode.Success;
        });
        return command;
    }

    // A connector may fill hundreds.
    private static string Named(IReadOnlyList<string> dataSets) =>
        string.Join(", ", dataSets.Take(MostNamed)) + (dataSets.Count > MostNamed ? $" and {dataSets.Count - MostNamed} more" : "");

    private static LockedConnector Remove(Invocation invocation, ConnectorChoices choices, string id, string? version, bool force)
    {
        var isLast = version is null || choices.Get(id, version).Versions.Count == 1;
        if (isLast && !force && invocation.Part<DataSetImpact>().DataSetsOf(id) is { Count: > 0 } orphans)
        {
            throw new PlatformException(
                PlatformFault.Input, $"{id} fills the DataSets {Named(orphans)}, which could not run any more: delete them first, or use --force.");
        }

        return choices.Remove(id, version);
    }

    // The sources are looked through first, so that a verb sees what was dropped a moment ago.
    private static ConnectorsLock Locked(Invocation invocation)
    {
        _ = invocation.Part<ConnectorCatalog>();
        return invocation.Part<InstalledConnectors>().Locked;
    }

    private static void Tell(Invocation invocation, LockedConnector connector) => invocation.Output.Write(Shape(invocation, connector), () =>
    {
        invocation.Output.Line($"{connector.Id}: {(connector.IsDisabled ? "disabled" : $"active {connector.Active ?? "none"}")}{(connector.ChosenBy is { } who ? $", chosen by {who}" : "")}");
        foreach (var version in connector.Versions)
        {
            invocation.Output.Line($"  {version.Version} {StateOf(invocation, connector, version)}; may reach {string.Join(", ", version.AllowedHosts)}; SHA-256 {version.Sha256}; "
                + $"approved by {version.ApprovedBy ?? "nobody yet"}; from {version.Source}");
            if (NoteOn(invocation, version) is { } note)
            {
                invocation.Output.Line($"    {note}");
            }
        }

        var dataSets = invocation.Part<DataSetImpact>().DataSetsOf(connector.Id);
        invocation.Output.Line($"  DataSets: {(dataSets.Count == 0 ? "none" : Named(dataSets))}");
        if (Migrated(invocation, connector) is { Count: > 0 } migrated)
        {
            invocation.Output.Line($"  Saved for an earlier version of its form, and migrated at each run: {string.Join(", ", migrated)}");
        }
    });

    private static object Shape(Invocation invocation, LockedConnector connector) => new
    {
        connector.Id,
        connector.Active,
        connector.Previous,
        connector.ChosenBy,
        connector.IsDisabled,
        Versions = connector.Versions.Select(version => new
        {
            version.Version,
            State = StateOf(invocation, connector, version),
            version.Reason,
            version.Sha256,
            version.Contract,
            version.Source,
            version.FirstSeen,
            version.ApprovedBy,
            version.QuarantinedUntil,
            version.QuarantineReason,
            version.AllowedHosts,
        }),
        DataSets = invocation.Part<DataSetImpact>().DataSetsOf(connector.Id),
        MigratedDataSets = Migrated(invocation, connector),
    };

    private static IReadOnlyList<string> Migrated(Invocation invocation, LockedConnector connector) =>
        connector.Active is { } active && connector.Find(active) is { } version
            ? invocation.Part<DataSetImpact>().MigratedFor(invocation.Part<InstalledConnectors>().Package(connector.Id, version))
            : [];

    private static bool IsQuarantined(Invocation invocation, LockedVersion version) =>
        version.QuarantinedUntil > invocation.Part<TimeProvider>().GetUtcNow();

    private static string? NoteOn(Invocation invocation, LockedVersion version) => IsQuarantined(invocation, version)
        ? string.Create(CultureInfo.InvariantCulture, $"Until {version.QuarantinedUntil:yyyy-MM-dd HH:mm:ss} UTC, for its process crashed again and again. The last crash: {version.QuarantineReason}")
        : version.Reason;

    private static string StateOf(Invocation invocation, LockedConnector connector, LockedVersion version) => version switch
    {
        _ when IsQuarantined(invocation, version) => "quarantined",
        { ApprovedBy: null } => version.IsTried ? "refused" : "waiting",
        _ when connector.IsDisabled => "disabled",
        _ => version.Version == connector.Active ? "active" : "installed",
    };
}
