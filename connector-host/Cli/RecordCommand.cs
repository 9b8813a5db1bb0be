using System.CommandLine;
using System.Text.Json;
using ConnectorPlatform.Host.Authoring;
using ConnectorPlatform.Host.Authoring.Recording;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.SignIn;

namespace ConnectorPlatform.Host.Cli;

/// <summary><c>record</c>: sample data from the real source.</summary>
internal static class RecordCommand
{
    private static readonly Argument<string> Connector = new("connector")
    {
        Description = "The connector's project folder, which is built, or its package's folder, or its id.",
    };

    private static readonly Option<string?> Account = new("--account")
    {
        Description = $"The account's name. Without it the credentials are read from standard input, or from the environment variable {AccountCommands.CredentialsVariable}.",
    };

    private static readonly Option<string> Details = Options.Details();

    private static readonly Option<string?> Example = new("--name") { Description = "The example's name; by default the connector's." };

    private static readonly Option<string?> Into = new("--into") { Description = "The samples folder; by default that of the connector's folder." };

    private static readonly Option<string[]> Redact = new("--redact")
    {
        Description = "Fields of replies whose values become others of the same kind and length.",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<bool> Replace = new("--replace") { Description = "Replace an example of the same name." };

    public static void AddTo(Command root)
    {
        var command = new Command(
            "record", "Run a connector on its real source and keep requests and replies, without secrets, as an example of its sample data.")
        {
            Connector, Account, Details, Example, Into, Redact, Replace,
        };
        command.Does(RunAsync);
        root.Add(command);
    }

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var target = Directory.CreateTempSubdirectory("connector-build-").FullName;
        try
        {
            var place = await ConnectorPlace.FindAsync(
                invocation.Value(Connector),
                invocation.Part<ProjectBuild>(),
                invocation.Part<FormCheck>(),
                invocation.Part<ConnectorCatalog>,
                target,
                cancellationToken).ConfigureAwait(false);
            var folder = invocation.Value(Into) ?? place.SamplesFolder ?? throw new PlatformException(
                PlatformFault.Input, "Say where the sample data is kept, with --into FOLDER: an installed connector's own folder is replaced by its next version.");
            var setup = invocation.Part<DataSetSetup>();
            var result = await invocation.Part<Recorder>().RecordAsync(
                new RecordingRequest
                {
                    Package = place.Package,
                    Details = setup.SettleDetails(place.Package, Options.ReadDetails(invocation, Details)),
                    Credentials = await CredentialsAsync(invocation, place.Package, cancellationToken).ConfigureAwait(false),
                    Name = invocation.Value(Example) ?? place.Package.Manifest.Name,
                    Folder = folder,
                    Redact = invocation.Value(Redact) ?? [],
                    Replace = invocation.Value(Replace),
                },
                cancellationToken).ConfigureAwait(false);
            Tell(invocation.Output, result);
            return ExitCode.Of(result.Run);
        }
        finally
        {
            Directory.Delete(target, recursive: true);
        }
    }

    private static async Task<JsonElement> CredentialsAsync(Invocation invocation, ConnectorPackage package, CancellationToken cancellationToken)
    {
        var setup = invocation.Part<DataSetSetup>();
        if (invocation.Value(Account) is not { } name)
        {
            return invocation.Part<AccountSetup>().Settle(package, await AccountCommands.ReadCredentialsAsync(cancellationToken).ConfigureAwait(false));
        }

        var account = setup.Choose(name).Account
            ?? throw new PlatformException(PlatformFault.Input, "Sample data is recorded from the source itself: name an account of it, or give credentials.");
        return account.Connector == package.Manifest.Id
            ? (await invocation.Part<AccountCredentials>().OpenAsync(account, package, "a recording", cancellationToken).ConfigureAwait(false)).Values
            : throw new PlatformException(PlatformFault.Input, $"The account \"{account.Name}\" is for the connector {account.Connector}, not for {package.Manifest.Id}.");
    }

    private static void Tell(Output output, RecordingResult result)
    {
        if (!result.Run.IsSuccess)
        {
            RunOutput.Tell(output, result.Run);
        }

        var told = new { result.Files, result.Exchanges, result.Rows, result.ReplayIsEqual, result.Notes, Run = RunOutput.AsObject(result.Run) };
        output.Write(told, () =>
        {
            if (result.Files.Count > 0)
            {
                output.Line($"{result.Exchanges} exchanges recorded in {string.Join(" and ", result.Files)}.");
                output.Line($"Replayed from the recording: {Counted.Of(result.Rows, "row")}, {(result.ReplayIsEqual ? "equal to" : "not all equal to")} those of the source.");
            }

            foreach (var note in result.Notes)
            {
                output.Line(note);
            }
        });
    }
}
