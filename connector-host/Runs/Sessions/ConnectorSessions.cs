using System.Text.Json;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Connectors.Workers;
using ConnectorPlatform.Host.Http;
using ConnectorPlatform.Host.Runs.SignIn;

namespace ConnectorPlatform.Host.Runs.Sessions;

/// <summary>Which credentials an operation uses: a stored account's, or the connector's sample data.</summary>
/// <param name="Account">Null for sample data.</param>
internal sealed record AccountChoice(Account? Account)
{
    public static AccountChoice SampleData { get; } = new((Account?)null);
}

/// <summary>What an operation asks of a connector.</summary>
internal sealed record SessionRequest
{
    private static readonly JsonElement NoDetails = JsonElement.Parse("{}");

    public required ConnectorPackage Package { get; init; }

    public required AccountChoice Account { get; init; }

    /// <summary>What the account's credentials are used for, as the audit log tells it.</summary>
    public string Purpose { get; init; } = "an operation";

    public JsonElement Details { get; init; } = NoDetails;

    public JsonElement? State { get; init; }

    /// <inheritdoc cref="OperationPlan.IsAppendOnly"/>
    public bool IsAppendOnly { get; init; }

    /// <summary>Where the operation tells about itself; learns here what it must not tell.</summary>
    public required RunProgress Progress { get; init; }

    public HttpUsage Usage { get; init; } = new();

    /// <summary>Puts a limit before the account's gate; null for none.</summary>
    public Func<IRequestGate, IRequestGate>? Limit { get; init; }
}

/// <summary>Opens connectors for operations: brings package, account and settings together, and leaves where the code runs to the isolation.</summary>
internal sealed class ConnectorSessions(IConnectorIsolation isolation, AccountCredentials accounts, ConnectorSettings settings)
{
    /// <exception cref="PackageLoadException">The connector's code cannot be used.</exception>
    /// <exception cref="ConnectorException">The account must be reconnected, no token can be had just now, or the connector's process ended while it loaded the code.</exception>
    /// <exception cref="PlatformException">The account belongs to another connector, or cannot be opened.</exception>
    public async Task<IConnectorSession> OpenAsync(SessionRequest request, CancellationToken cancellationToken)
    {
        var (package, account) = (request.Package, request.Account.Account);
        if (account is null)
        {
            var tape = SampleTape.Load(package.SamplesFolder);
            return await OpenAsync(request, new LiveCredentials(tape.Credentials, null), tape, cancellationToken).ConfigureAwait(false);
        }

        if (account.Connector != package.Manifest.Id)
        {
            throw new PlatformException(
                PlatformFault.Input, $"The account \"{account.Name}\" is for the connector {account.Connector}, not for {package.Manifest.Id}.");
        }

        var credentials = await accounts.OpenAsync(account, package, request.Purpose, cancellationToken).ConfigureAwait(false);
        return await OpenAsync(request, credentials, null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A session on credentials that are not stored (yet).</summary>
    public Task<IConnectorSession> OpenAsync(SessionRequest request, JsonElement credentials, CancellationToken cancellationToken) =>
        OpenAsync(request, new LiveCredentials(credentials, null), null, cancellationToken);

    private async Task<IConnectorSession> OpenAsync(SessionRequest request, LiveCredentials credentials, SampleTape? tape, CancellationToken cancellationToken)
    {
        var mask = SecretMask.For(credentials.Values, request.Package.CredentialsForm);
        request.Progress.Hide(mask);
        var manifest = request.Package.Manifest;
        var plan = new OperationPlan
        {
            Package = request.Package with { Manifest = manifest with { Http = settings.Apply(manifest) } },
            Credentials = credentials.Values,
            AccountKey = $"{manifest.Id}/{request.Account.Account?.Id ?? Account.Sample}",
            UsesSamples = tape is not null,
            CanRenew = credentials.Renew is not null,
            Now = tape?.Now,
            Details = request.Details,
            State = request.State,
            IsAppendOnly = request.IsAppendOnly,
        };
        var sinks = new OperationSinks { Reporter = request.Progress, Usage = request.Usage, Limit = request.Limit, Renew = RenewAsync };
        try
        {
            return new MaskedSession(await isolation.OpenAsync(plan, sinks, cancellationToken).ConfigureAwait(false), () => mask);
        }
        catch (WorkerException death)
        {
            throw new ConnectorException(FailureKind.Connector, mask.Mask(death.Message), death);
        }

        async Task<JsonElement> RenewAsync(CancellationToken cancellation)
        {
            request.Progress.Info("The source refused the access token; asking for a new one.");
            var renewed = await credentials.Renew!(cancellation).ConfigureAwait(false);
            mask = mask.And(SecretMask.For(renewed, request.Package.CredentialsForm));
            request.Progress.Hide(mask);
            return renewed;
        }
    }
}
