using System.Text.Json;
using System.Text.Json.Nodes;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Forms.Validation;
using ConnectorPlatform.Host.Runs.Sessions;

namespace ConnectorPlatform.Host.Runs;

/// <summary>What may be shown of credentials.</summary>
/// <param name="Values">Those that are no secrets.</param>
/// <param name="StoredSecrets">JSON pointers of the secrets that are stored.</param>
internal sealed record VisibleCredentials(JsonElement Values, IReadOnlySet<string> StoredSecrets);

/// <summary>Makes and changes accounts as users ask for it: one way for the page, the API and the command line.</summary>
internal sealed class AccountSetup(FormValidator validator, AccountStore accounts, ConnectorCatalog catalog, ConnectorSessions sessions, TimeProvider time)
{
    /// <summary>Stores credentials that fit the form and, if they are to be checked, that the source accepts.</summary>
    /// <exception cref="InvalidFormException">They do not fit the form.</exception>
    /// <exception cref="ConnectorException">The source refuses them, or cannot be asked.</exception>
    /// <exception cref="PlatformException">The name is taken or unfit.</exception>
    public async Task<Account> AddAsync(string name, ConnectorPackage package, JsonElement credentials, bool check, CancellationToken cancellationToken)
    {
        DataSetSetup.CheckName(name);
        var settled = Settle(package, credentials);
        var found = check ? await CheckAsync(package, settled, cancellationToken).ConfigureAwait(false) : null;
        return Checked(accounts.Add(name.Trim(), package.Manifest.Id, settled, found?.Identity), found);
    }

    /// <exception cref="PlatformException">The name is taken or unfit.</exception>
    public Account Rename(Account account, string name)
    {
        DataSetSetup.CheckName(name);
        accounts.Rename(account, name.Trim());
        return accounts.GetById(account.Id);
    }

    /// <summary>Puts credentials in the place of an account's; a secret that is absent stays as it is stored.</summary>
    /// <inheritdoc cref="AddAsync" path="/exception"/>
    public async Task<Account> ReplaceAsync(Account account, JsonElement credentials, bool check, CancellationToken cancellationToken)
    {
        var package = catalog.Find(account.Connector);
        var settled = Settle(package, WithStoredSecrets(account, package, credentials));
        var found = check ? await CheckAsync(package, settled, cancellationToken).ConfigureAwait(false) : null;
        accounts.Replace(account, settled);
        return Checked(account, found);
    }

    /// <summary>Asks the source whether the account works, and keeps what it says; a failure is an answer as well.</summary>
    public async Task<AccountCheck> TestAsync(Account account, CancellationToken cancellationToken)
    {
        AccountCheck check;
        try
        {
            check = await CheckAsync(catalog.Find(account.Connector), accounts.Reveal(account, "a check"), cancellationToken).ConfigureAwait(false);
        }
        catch (ConnectorException exception)
        {
            check = new AccountCheck(null, null, exception.Message, exception.Kind == FailureKind.Credentials);
        }

        accounts.Record(account, check);
        return check;
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
        var errors = validator.Validate(form, settled, UnknownNames.Refused);
        return errors.Count == 0 ? settled.Data : throw new InvalidFormException("credentials", errors);
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

    private async Task<AccountCheck> CheckAsync(ConnectorPackage package, JsonElement credentials, CancellationToken cancellationToken)
    {
        var request = new SessionRequest { Package = package, Account = AccountChoice.SampleData, Progress = new RunProgress(new RunLog(null, time)) };
        await using var session = await sessions.OpenAsync(request, credentials, cancellationToken).ConfigureAwait(false);
        var identity = await session.CheckAsync(cancellationToken).ConfigureAwait(false);
        return new(identity.DisplayName, identity.ExpiresAt);
    }
}
