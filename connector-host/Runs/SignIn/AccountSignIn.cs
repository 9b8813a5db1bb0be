using System.Text.Json;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Accounts.Invitations;
using ConnectorPlatform.Host.Accounts.OAuth;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.Runs.SignIn;

/// <summary>What somebody wants to connect by signing in at the source.</summary>
internal sealed record SignInWish
{
    public required ConnectorPackage Package { get; init; }

    /// <summary>What was filled into the credentials form.</summary>
    public required JsonElement Credentials { get; init; }

    /// <summary>Where the source sends the browser back to.</summary>
    public required string RedirectUri { get; init; }

    /// <summary>The account's name; empty to name it after whose it turns out to be.</summary>
    public string Name { get; init; } = "";

    /// <summary>The account to reconnect; null for a new one.</summary>
    public Account? Account { get; init; }

    public string ReturnTo { get; init; } = "";

    public string? InvitationId { get; init; }
}

/// <summary>What the source has sent back through the browser (RFC 6749, 4.1.2; <c>iss</c> by RFC 9207).</summary>
internal sealed record SignInAnswer(string Connector, string State, string? Code, string? Error, string? ErrorDescription, string? Issuer);

/// <summary>Connects accounts by letting their owners sign in at the source.</summary>
internal sealed class AccountSignIn(
    SignInMethods methods,
    OAuthClientStore clients,
    PendingSignInStore pending,
    TokenEndpoint endpoint,
    GrantStore grants,
    InvitationStore invitations,
    AccountStore accounts,
    AccountSetup setup,
    ConnectorCatalog catalog,
    MetadataDatabase database,
    TimeProvider time)
{
    /// <summary>Whether the credentials are had by signing in, rather than typed in.</summary>
    public AuthorizationServer? MethodFor(ConnectorPackage package, JsonElement credentials) => methods.Find(package, credentials);

    /// <summary>Whether the operator has made it possible.</summary>
    public bool IsSetUp(ConnectorPackage package) => clients.StateOf(package.Manifest.Id).Origin != ClientOrigin.None;

    /// <summary>The connector's name.</summary>
    public string NameOf(string connector) => catalog.Find(connector).Manifest.Name;

    /// <summary>Begins a sign-in.</summary>
    /// <param name="wish">What is to be connected.</param>
    /// <param name="browser">A value that only the browser knows.</param>
    /// <returns>Where the browser goes.</returns>
    /// <exception cref="InvalidFormException">What was filled in does not fit the form.</exception>
    /// <exception cref="PlatformException">It is not set up, or the name is taken or unfit.</exception>
    public Uri Begin(SignInWish wish, string browser)
    {
        var settled = setup.Settle(wish.Package, wish.Credentials);
        var (server, client) = ServerAndClient(wish.Package, settled);
        if (wish.Account is null && wish.Name.Trim().Length > 0)
        {
            setup.CheckFree(wish.Name);
        }

        var signIn = new PendingSignIn
        {
            Id = Identifier.New(),
            Connector = wish.Package.Manifest.Id,
            RedirectUri = wish.RedirectUri,
            Verifier = PendingSignIn.NewSecret(),
            Credentials = settled,
            Name = wish.Name.Trim() is { Length: > 0 } name ? name : null,
            AccountId = wish.Account?.Id,
            ReturnTo = wish.ReturnTo,
            InvitationId = wish.InvitationId,
        };
        return signIn.AddressAt(server, client, pending.Begin(signIn, browser));
    }

    /// <summary>Ends the sign-in that came back. Its outcome, good or bad, is kept with it.</summary>
    /// <returns>The sign-in's id.</returns>
    /// <exception cref="SignInRefusedException">What came back is not what was sent out; nothing was done.</exception>
    public async Task<string> CompleteAsync(SignInAnswer answer, string browser, CancellationToken cancellationToken)
    {
        var signIn = Entrusted(pending.Take(answer.State, browser, answer.Connector));
        SignInOutcome outcome;
        try
        {
            outcome = await ConnectAsync(signIn, answer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is GrantRefusedException or ConnectorException or PlatformException)
        {
            outcome = new() { Failure = exception.Message };
        }

        pending.End(signIn.Id, outcome);
        return signIn.Id;
    }

    /// <summary>What became of a sign-in; no outcome while it has not come back.</summary>
    /// <exception cref="PlatformException">There is no such sign-in in that browser.</exception>
    public (PendingSignIn SignIn, SignInOutcome? Outcome) Get(string id, string browser)
    {
        var (signIn, outcome) = pending.Get(id, browser);
        return (Entrusted(signIn), outcome);
    }

    /// <summary>Takes a grant that was held because it is somebody else's than the account was.</summary>
    /// <exception cref="PlatformException">Nothing is held, or the account is gone.</exception>
    public Account Confirm(string id, string browser)
    {
        var (signIn, outcome) = Get(id, browser);
        var held = outcome?.Held ?? throw new PlatformException(PlatformFault.Conflict, "There is nothing to confirm any more.");
        var account = Store(signIn, held.Grant, new AccountCheck(held.Identity, held.IdentityExpiresAt));
        pending.End(id, new() { AccountId = account.Id });
        return account;
    }

    private async Task<SignInOutcome> ConnectAsync(PendingSignIn signIn, SignInAnswer answer, CancellationToken cancellationToken)
    {
        var package = catalog.Find(signIn.Connector);
        var (server, client) = ServerAndClient(package, signIn.Credentials);
        Examine(answer, server);
        var reply = await endpoint.ExchangeAsync(server, client, new AuthorizationCode(answer.Code!, signIn.RedirectUri, signIn.Verifier), cancellationToken).ConfigureAwait(false);
        var grant = reply.ToGrant(time.GetUtcNow());
        var check = await setup.TryCheckAsync(package, AccountCredentials.With(signIn.Credentials, grant.AccessToken), cancellationToken).ConfigureAwait(false);
        if (check.IsRefused)
        {
            return new() { Failure = check.Failure };
        }

        var isAnother = signIn.AccountId is { } id && accounts.GetById(id).Identity is { } known && check.Identity is { } found && found != known;
        return isAnother
            ? new() { Held = new HeldGrant(grant, check.Identity, check.ExpiresAt) }
            : new() { AccountId = Store(signIn, grant, check).Id };
    }

    // Who was asked to connect an account may be signed in here, and does not see it then.
    private static PendingSignIn Entrusted(PendingSignIn signIn)
    {
        if (signIn.InvitationId is not null)
        {
            Viewer.Entrust();
        }

        return signIn;
    }

    private static void Examine(SignInAnswer answer, AuthorizationServer server)
    {
        var host = server.AuthorizationEndpoint.Host;

        // An answer of another server than the one that was asked must not have its code sent here or there (RFC 9700, 4.4).
        if (answer.Issuer is { } issuer && !(Uri.TryCreate(issuer, UriKind.Absolute, out var address) && IsNear(address.Host, server)))
        {
            throw new GrantRefusedException($"The answer says that it comes from another server than {host}, and was not used.");
        }

        if (answer.Error is { } error)
        {
            throw new GrantRefusedException(error == "access_denied"
                ? $"{host} says that access was declined. Nothing was changed."
                : $"{host} did not let you sign in: {answer.ErrorDescription ?? error}");
        }

        if (string.IsNullOrEmpty(answer.Code))
        {
            throw new GrantRefusedException($"{host} has sent back neither a code nor an error.");
        }
    }

    // Issuers are named by a host of the source, which need not be that of its sign-in page.
    private static bool IsNear(string issuer, AuthorizationServer server) =>
        new[] { server.AuthorizationEndpoint.Host, server.TokenEndpoint.Host }.Any(host =>
            string.Equals(host, issuer, StringComparison.OrdinalIgnoreCase) || host.EndsWith('.' + issuer, StringComparison.OrdinalIgnoreCase));

    private Account Store(PendingSignIn signIn, Grant grant, AccountCheck check) => database.Together(() =>
    {
        if (signIn.InvitationId is { } invitation)
        {
            invitations.Use(invitation);
        }

        Account account;
        if (signIn.AccountId is { } id)
        {
            account = accounts.GetById(id);
            accounts.Replace(account, signIn.Credentials);
        }
        else
        {
            account = accounts.Add(signIn.Name ?? setup.NameFor(catalog.Find(signIn.Connector), check.Identity), signIn.Connector, signIn.Credentials, check.Identity);
            if (signIn.InvitationId is { } asked)
            {
                invitations.GiveToAsker(asked, account.Id);
            }
        }

        grants.Put(account.Id, grant);
        accounts.Record(account, check with { ExpiresAt = check.ExpiresAt ?? grant.EndsForGood });
        return account;
    });

    private (AuthorizationServer Server, OAuthClient Client) ServerAndClient(ConnectorPackage package, JsonElement credentials)
    {
        var server = methods.Find(package, credentials) ?? throw new PlatformException(PlatformFault.Input, "The chosen way to connect is not a sign-in at the source.");
        var client = clients.Find(package.Manifest.Id) ?? throw new PlatformException(
            PlatformFault.Input, $"Signing in at {server.AuthorizationEndpoint.Host} is not set up: the operator must register this host there and set the client of the connector {package.Manifest.Id}.");
        return (server, client);
    }
}
