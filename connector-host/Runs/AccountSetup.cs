using System.Text.Json;
using System.Text.Json.Nodes;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Accounts.OAuth;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Forms.Validation;
using ConnectorPlatform.Host.Http;
using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Host.Runs.Sessions;
using ConnectorPlatform.Host.Runs.SignIn;

namespace ConnectorPlatform.Host.Runs;

/// <summary>What may be shown of credentials.</summary>
/// <param name="Values">Those that are no secrets.</param>
/// <param name="StoredSecrets">JSON pointers of the secrets that are stored.</param>
internal sealed record VisibleCredentials(JsonElement Values, IReadOnlySet<string> StoredSecrets);

/// <summary>Makes and changes accounts as users ask for it: one way for the page, the API and the command line.</summary>
internal sealed class AccountSetup(
    FormValidator validator, AccountStore accounts, ConnectorCatalog catalog, ConnectorSessions sessions, SignInMethods methods, GrantStore grants, CredentialReferences references, TimeProvider time)
{
    private static readonly TimeSpan UsualLimit = TimeSpan.FromHours(1);

    /// <summary>Stores credentials that fit the form and, if they are to be checked, that the source accepts.</summary>
    /// <param name="name">Null to name the account after whose it turns out to be.</param>
    /// <param name="package">The connector.</param>
    /// <param name="credentials">What was filled in.</param>
    /// <param name="check">Whether the source is asked.</param>
    /// <param name="cancellationToken">Ends asking it.</param>
    /// <exception cref="InvalidFormException">They do not fit the form.</exception>
    /// <exception cref="ConnectorException">The source refuses them, or cannot be asked.</exception>
    /// <exception cref="PlatformException">The name is taken or unfit, or the credentials are had by signing in at the source.</exception>
    public async Task<Account> AddAsync(string? name, ConnectorPackage package, JsonElement credentials, bool check, CancellationToken cancellationToken)
    {
        if (name is not null)
        {
            DataSetSetup.CheckName(name);
        }

        var settled = SettleTyped(package, credentials);
        var found = check ? await CheckAsync(package, settled, cancellationToken).ConfigureAwait(false) : null;
        return Checked(accounts.Add(name?.Trim() ?? NameFor(package, found?.Identity), package.Manifest.Id, settled, found?.Identity), found);
    }

    /// <exception cref="PlatformException">The name is taken or unfit.</exception>
    public void CheckFree(string name)
    {
        DataSetSetup.CheckName(name);
        accounts.CheckFree(name.Trim());
    }

    /// <summary>A name that is free and says whose account of what it is.</summary>
    public string NameFor(ConnectorPackage package, string? identity)
    {
        var connector = package.Manifest.Name;
        var usual = string.IsNullOrWhiteSpace(identity) ? connector : $"{connector} – {identity.Trim()}";
        usual = usual.Length > DataSetSetup.LongestName - 5 ? usual[..(DataSetSetup.LongestName - 5)] : usual;
        var taken = Viewer.Platform(accounts.List).Select(account => account.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return Enumerable.Range(1, taken.Count + 1).Select(number => number == 1 ? usual : $"{usual} {number}").First(name => !taken.Contains(name));
    }

    /// <exception cref="PlatformException">The name is taken or unfit.</exception>
    public Account Rename(Account account, string name)
    {
        DataSetSetup.CheckName(name);
        accounts.Rename(account, name.Trim());
        return accounts.GetById(account.Id);
    }

    /// <summary>Puts credentials in the place of an account's; a secret that is absent stays as it is stored.</summary>
    /// <param name="account">The account; its DataSets stay.</param>
    /// <param name="credentials">What was filled in.</param>
    /// <param name="check">Whether the source is asked.</param>
    /// <param name="mayBeAnother">Whether they may be somebody else's than the account was.</param>
    /// <param name="cancellationToken">Ends asking the source.</param>
    /// <inheritdoc cref="AddAsync" path="/exception"/>
    public async Task<Account> ReplaceAsync(Account account, JsonElement credentials, bool check, bool mayBeAnother, CancellationToken cancellationToken)
    {
        var package = catalog.Find(account.Connector);
        var settled = SettleTyped(package, WithStoredSecrets(account, package, credentials));
        var found = check ? await CheckAsync(package, settled, cancellationToken).ConfigureAwait(false) : null;
        if (!mayBeAnother && found?.Identity is { } identity && account.Identity is { } known && identity != known)
        {
            throw new PlatformException(
                PlatformFault.Conflict,
                $"These credentials are of {identity}, and the account \"{account.Name}\" is of {known}: its DataSets would read what {identity} may see. Nothing was changed. Say that this is meant, or give credentials of {known}.");
        }

        accounts.Replace(account, settled);
        return Checked(account, found);
    }

    /// <summary>Asks the source whether the account works, and keeps what it says; a failure is an answer as well.</summary>
    public async Task<AccountCheck> TestAsync(Account account, CancellationToken cancellationToken)
    {
        var request = RequestFor(catalog.Find(account.Connector)) with { Account = new AccountChoice(account), Purpose = "a check" };
        var check = await TryCheckAsync(request.Usage, () => sessions.OpenAsync(request, cancellationToken), cancellationToken).ConfigureAwait(false);
        check = check with { ExpiresAt = check.ExpiresAt ?? grants.Find(account)?.Grant.EndsForGood };
        accounts.Record(account, check);
        return check;
    }

    /// <summary>Asks the source whether credentials that are not stored work; a failure is an answer as well.</summary>
    public Task<AccountCheck> TryCheckAsync(ConnectorPackage package, JsonElement credentials, CancellationToken cancellationToken)
    {
        var request = RequestFor(package);
        return TryCheckAsync(request.Usage, () => sessions.OpenAsync(request, references.Resolve(credentials), cancellationToken), cancellationToken);
    }

    /// <exception cref="PlatformException">DataSets use it.</exception>
    public void Remove(Account account) => accounts.Remove(account.Name);

    /// <summary>What a form for other credentials may show of those that are stored.</summary>
    public VisibleCredentials Show(Account account)
    {
        var form = Form.Parse(catalog.Find(account.Connector).CredentialsForm);
        var settled = form.Settle(accounts.Reveal(account, "the form of its credentials"));
        var values = JsonNode.Parse(settled.Data.GetRawText())!;
        var secrets = SecretsIn(settled).Where(pointer => JsonPointer.Find(settled.Data, pointer) is not null).ToHashSet();
        foreach (var pointer in secrets)
        {
            JsonPointer.OwnerOf(values, pointer)?.Remove(JsonPointer.LastName(pointer));
        }

        return new(JsonElement.Parse(values.ToJsonString()), secrets);
    }

    /// <summary>Settled credentials.</summary>
    /// <exception cref="InvalidFormException">They are not valid.</exception>
    public JsonElement Settle(ConnectorPackage package, JsonElement credentials)
    {
        var form = Form.Parse(package.CredentialsForm);
        var settled = form.Settle(credentials);

        // What a reference points to is what the source will see.
        var errors = validator.Validate(form, form.Settle(references.Resolve(credentials)), UnknownNames.Refused);
        return errors.Count == 0 ? settled.Data : throw new InvalidFormException("credentials", errors);
    }

    private JsonElement SettleTyped(ConnectorPackage package, JsonElement credentials)
    {
        var settled = Settle(package, credentials);
        return methods.Find(package, settled) is null
            ? settled
            : throw new PlatformException(
                PlatformFault.Input, $"This way to connect is a sign-in at the source, in a browser: begin it on the page /accounts/new?connector={package.Manifest.Id}, or give credentials of another kind.");
    }

    private Account Checked(Account account, AccountCheck? found)
    {
        if (found is not null)
        {
            accounts.Record(account, found);
        }

        return accounts.GetById(account.Id);
    }

    private JsonElement WithStoredSecrets(Account account, ConnectorPackage package, JsonElement credentials)
    {
        if (credentials.ValueKind != JsonValueKind.Object)
        {
            return credentials;
        }

        var stored = accounts.Reveal(account, "other credentials in their place");
        var merged = JsonNode.Parse(credentials.GetRawText())!;
        foreach (var pointer in SecretsIn(Form.Parse(package.CredentialsForm).Settle(credentials)))
        {
            if (JsonPointer.Find(credentials, pointer) is null && JsonPointer.Find(stored, pointer) is { } secret && JsonPointer.OwnerOf(merged, pointer) is { } owner)
            {
                owner[JsonPointer.LastName(pointer)] = JsonNode.Parse(secret.GetRawText());
            }
        }

        return JsonElement.Parse(merged.ToJsonString());
    }

    private static IEnumerable<string> SecretsIn(Settled settled) => settled.Visible.Where(pointer => settled.Fields[pointer].IsSecret);

    private Task<AccountCheck> CheckAsync(ConnectorPackage package, JsonElement credentials, CancellationToken cancellationToken) =>
        CheckAsync(() => sessions.OpenAsync(RequestFor(package), references.Resolve(credentials), cancellationToken), cancellationToken);

    private async Task<AccountCheck> TryCheckAsync(HttpUsage usage, Func<Task<IConnectorSession>> openAsync, CancellationToken cancellationToken)
    {
        try
        {
            return await CheckAsync(openAsync, cancellationToken).ConfigureAwait(false);
        }
        catch (ConnectorException exception)
        {
            var isLimited = exception.Message.StartsWith(FailureTable.LimitReached, StringComparison.Ordinal);
            return new AccountCheck(null, null, exception.Message, exception.Kind == FailureKind.Credentials)
            {
                LimitedUntil = usage.Snapshot().RetryAt ?? (isLimited ? time.GetUtcNow() + UsualLimit : null),
            };
        }
    }

    private static async Task<AccountCheck> CheckAsync(Func<Task<IConnectorSession>> openAsync, CancellationToken cancellationToken)
    {
        await using var session = await openAsync().ConfigureAwait(false);
        var identity = await session.CheckAsync(cancellationToken).ConfigureAwait(false);
        return new(identity.DisplayName, identity.ExpiresAt);
    }

    private SessionRequest RequestFor(ConnectorPackage package) =>
        new() { Package = package, Account = AccountChoice.SampleData, Progress = new RunProgress(new RunLog(null, time)) };
}
