using System.Text.Json;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Runs;

/// <summary>Which credentials an operation uses: a stored account's, or the connector's sample data.</summary>
/// <param name="Account">Null for sample data.</param>
internal sealed record AccountChoice(Account? Account)
{
    public static AccountChoice SampleData { get; } = new((Account?)null);
}

/// <summary>A connector ready for one operation, with its client, credentials, clock and secrets' mask; dispose of it afterwards.</summary>
internal sealed class ConnectorSession(IConnector connector, ConnectorContext context, SecretMask mask) : IDisposable
{
    public IConnector Connector { get; } = connector;

    public ConnectorContext Context { get; } = context;

    public SecretMask Mask { get; } = mask;

    /// <inheritdoc cref="IConnector.CheckAsync"/>
    public Task<AccountIdentity> CheckAsync(CancellationToken cancellationToken) =>
        MaskedAsync(() => Connector.CheckAsync(Context, cancellationToken));

    /// <inheritdoc cref="IConnector.GetMenuAsync"/>
    public Task<IReadOnlyList<MenuOption>> GetMenuAsync(MenuRequest request, CancellationToken cancellationToken) =>
        MaskedAsync(() => Connector.GetMenuAsync(request, Context, cancellationToken));

    public void Dispose() => Context.Http.Dispose();

    // The cause is left out: its text may hold what the message hides.
    private async Task<T> MaskedAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            var failure = FailureTable.Of(exception, Mask);
            throw new ConnectorException(failure.Kind, failure.Message);
        }
    }
}

/// <summary>What an operation asks of a connector.</summary>
internal sealed record SessionRequest
{
    private static readonly JsonElement NoDetails = JsonElement.Parse("{}");

    public required ConnectorPackage Package { get; init; }

    public required AccountChoice Account { get; init; }

    public JsonElement Details { get; init; } = NoDetails;

    public JsonElement? State { get; init; }

    /// <summary>Where the operation tells about itself; learns here what it must not tell.</summary>
    public required RunProgress Progress { get; init; }

    public HttpUsage Usage { get; init; } = new();
}

/// <summary>Brings a package, an account and a client together into sessions.</summary>
internal sealed class ConnectorSessions(ConnectorLoader loader, SourceHttp http, AccountStore accounts, ConnectorSettings settings, TimeProvider time)
{
    /// <exception cref="PackageLoadException">The connector's code cannot be used.</exception>
    /// <exception cref="PlatformException">The account belongs to another connector, or cannot be opened.</exception>
    public ConnectorSession Open(SessionRequest request)
    {
        var (package, account) = (request.Package, request.Account.Account);
        if (account is not null && account.Connector != package.Manifest.Id)
        {
            throw new PlatformException(
                PlatformFault.Input, $"The account \"{account.Name}\" is for the connector {account.Connector}, not for {package.Manifest.Id}.");
        }

        var tape = account is null ? SampleTape.Load(package.SamplesFolder) : null;
        return Open(request, tape, tape?.Credentials ?? accounts.Reveal(account!));
    }

    /// <summary>A session on credentials that are not stored (yet).</summary>
    public ConnectorSession Open(SessionRequest request, JsonElement credentials) => Open(request, null, credentials);

    private ConnectorSession Open(SessionRequest request, SampleTape? tape, JsonElement credentials)
    {
        var package = request.Package;
        var mask = SecretMask.For(credentials);
        request.Progress.Hide(mask.Mask);
        var client = http.Open(new SourceAccess
        {
            Policy = settings.Apply(package.Manifest),
            Credentials = credentials,
            Mask = mask,
            AccountKey = $"{package.Manifest.Id}/{request.Account.Account?.Id ?? Account.Sample}",
            Tape = tape,
            Usage = request.Usage,
            Log = request.Progress.Info,
        });
        var context = new ConnectorContext
        {
            Http = client,
            Credentials = credentials,
            Details = request.Details,
            State = request.State,
            Reporter = request.Progress,
            Time = tape is null ? time : new RecordedTime(tape.Now),
        };
        return new ConnectorSession(loader.Load(package).Create(), context, mask);
    }

    /// <summary>Sample data answers as of its recording, so a run on it stands at that instant.</summary>
    private sealed class RecordedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
