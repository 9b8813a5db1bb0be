using System.Text.Json;
using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.Accounts;

/// <summary>Accounts in the metadata store, their credentials encrypted with the keys of the data folder.</summary>
internal sealed class AccountStore
{
    private const string Columns = "id, name, connector, identity, created_at, updated_at, checked_at, check_failure, is_refused, expires_at, state_since, limited_until";

    private static readonly string Seen = Viewer.Sees("Account", "accounts.id");

    private readonly MetadataDatabase _database;
    private readonly SecretBox _secrets;
    private readonly TimeProvider _time;

    public AccountStore(MetadataDatabase database, DataFolder folder, TimeProvider time)
    {
        _database = database;
        _time = time;
        _secrets = new SecretBox(folder, "account-credentials");
    }

    public IReadOnlyList<Account> List() => _database.Query<Account>($"SELECT {Columns} FROM accounts WHERE {Seen} ORDER BY name", new { viewer = Viewer.Filter });

    /// <exception cref="PlatformException">There is no account of that name.</exception>
    public Account Get(string name) =>
        _database.Find<Account>($"SELECT {Columns} FROM accounts WHERE name = @name AND {Seen}", new { name, viewer = Viewer.Filter })
        ?? throw new PlatformException(
            PlatformFault.NotFound, $"There is no account \"{name}\". See \"account list\", or use the account \"{Account.Sample}\".");

    public Account GetById(string id) =>
        _database.Find<Account>($"SELECT {Columns} FROM accounts WHERE id = @id AND {Seen}", new { id, viewer = Viewer.Filter })
        ?? throw new PlatformException(PlatformFault.NotFound, $"There is no account with the id {id} any more.");

    /// <summary>The DataSets that use accounts, with how their last runs fared; of one account, or of all.</summary>
    public IReadOnlyList<AccountUse> Uses(string? accountId = null) => _database.Query<AccountUse>(
        $"""
        SELECT d.account_id, d.id AS dataset_id, d.name AS dataset_name, r.started_at,
               CASE WHEN r.failure_kind = 'Credentials' THEN r.ended_at END AS refused_at,
               CASE WHEN r.failure_message LIKE 'The account has used up what the source allows for now.%' THEN r.ended_at END AS limited_at
        FROM datasets d LEFT JOIN runs r ON r.dataset_id = d.id AND r.fence = (SELECT MAX(fence) FROM runs WHERE dataset_id = d.id)
        WHERE d.account_id IS NOT NULL AND (@accountId IS NULL OR d.account_id = @accountId) AND {Viewer.Sees("DataSet", "d.id")}
        ORDER BY d.name
        """,
        new { accountId, viewer = Viewer.Filter });

    /// <exception cref="PlatformException">The name is taken or reserved.</exception>
    public Account Add(string name, string connector, JsonElement credentials, string? identity)
    {
        RefuseReserved(name);
        var now = _time.GetUtcNow();
        var account = new Account
        {
            Id = Identifier.New(),
            Name = name,
            Connector = connector,
            Identity = identity,
            CreatedAt = now,
            UpdatedAt = now,
        };
        var added = _database.TryInsert(
            "INSERT INTO accounts (id, name, connector, identity, created_at, updated_at, credentials) VALUES (@Id, @Name, @Connector, @Identity, @CreatedAt, @UpdatedAt, @Protected); " + Viewer.Owning("Account"),
            new
            {
                account.Id,
                account.Name,
                account.Connector,
                account.Identity,
                account.CreatedAt,
                account.UpdatedAt,
                Protected = _secrets.Protect(credentials.GetRawText()),
                Viewer.Owner,
            });
        return added ? account : throw Taken(name);
    }

    /// <exception cref="PlatformException">The name is taken or reserved.</exception>
    public void CheckFree(string name)
    {
        RefuseReserved(name);
        if (_database.Find<string?>("SELECT id FROM accounts WHERE name = @name", new { name }) is not null)
        {
            throw Taken(name);
        }
    }

    /// <exception cref="PlatformException">The name is taken or reserved, or the account is gone.</exception>
    public void Rename(Account account, string name)
    {
        RefuseReserved(name);
        if (Viewer.Platform(List).Any(other => other.Id != account.Id && string.Equals(other.Name, name, StringComparison.OrdinalIgnoreCase)))
        {
            throw Taken(name);
        }

        Change(account, "UPDATE accounts SET name = @name WHERE id = @Id", new { account.Id, name });
    }

    /// <summary>Puts new credentials in the place of the old, and forgets what a check has found of those and what was granted for them.</summary>
    /// <exception cref="PlatformException">The account is gone.</exception>
    public void Replace(Account account, JsonElement credentials) => Change(
        account,
        """
        DELETE FROM grants WHERE account_id = @Id;
        UPDATE accounts SET credentials = @Protected, updated_at = @now, checked_at = NULL, check_failure = NULL, is_refused = 0, expires_at = NULL,
            state_since = NULL, limited_until = NULL, probe_at = NULL
        WHERE id = @Id
        """,
        new { account.Id, Protected = _secrets.Protect(credentials.GetRawText()), now = _time.GetUtcNow() });

    /// <summary>Keeps what a check has found. The last known identity outlives a failure.</summary>
    /// <exception cref="PlatformException">The account is gone.</exception>
    public void Record(Account account, AccountCheck check) => Change(
        account,
        """
        UPDATE accounts SET checked_at = @now, identity = COALESCE(@Identity, identity), expires_at = @ExpiresAt, check_failure = @Failure, is_refused = @IsRefused,
            state_since = CASE WHEN state_since IS NULL OR is_refused <> @IsRefused OR (check_failure IS NULL) <> (@Failure IS NULL) THEN @now ELSE state_since END,
            limited_until = @LimitedUntil
        WHERE id = @Id
        """,
        new { account.Id, now = _time.GetUtcNow(), check.Identity, check.ExpiresAt, check.Failure, check.IsRefused, check.LimitedUntil });

    /// <summary>Takes the accounts that are due to be probed, each for one process; the next time of each is set.</summary>
    /// <param name="most">No more than these.</param>
    /// <param name="next">When an account is to be probed after this time.</param>
    public IReadOnlyList<Account> TakeDue(int most, Func<Account, DateTimeOffset> next)
    {
        var now = _time.GetUtcNow();
        return
        [
            .. _database.Query<Account>($"SELECT {Columns} FROM accounts WHERE probe_at IS NULL OR probe_at <= @now ORDER BY probe_at LIMIT @most", new { now, most })
                .Where(account => _database.Execute(
                    "UPDATE accounts SET probe_at = @at WHERE id = @Id AND (probe_at IS NULL OR probe_at <= @now)", new { account.Id, at = next(account), now }) > 0),
        ];
    }

    /// <summary>The credentials in clear text, for one operation, of which the audit log then tells.</summary>
    /// <param name="account">The account.</param>
    /// <param name="purpose">What they are used for.</param>
    /// <exception cref="PlatformException">The keys of the data folder do not open them.</exception>
    public JsonElement Reveal(Account account, string purpose)
    {
        var stored = _database.Find<string>("SELECT credentials FROM accounts WHERE id = @Id", new { account.Id })
            ?? throw new PlatformException(PlatformFault.NotFound, $"The account \"{account.Name}\" is gone.");
        _database.Execute(
            "INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name, after) VALUES ('credentials used', 'account', @Id, @Name, json_object('for', @purpose))",
            new { account.Id, account.Name, purpose });
        return JsonElement.Parse(_secrets.Reveal(stored, $"The credentials of account \"{account.Name}\"", "add the account again"));
    }

    /// <exception cref="PlatformException">There is no such account, or DataSets use it.</exception>
    public void Remove(string name)
    {
        var account = Get(name);
        if (Viewer.Platform(() => Uses(account.Id)).Count is > 0 and var count)
        {
            // What others have is not named to who does not see it.
            var seen = Uses(account.Id).Select(use => $"\"{use.DatasetName}\"").ToList();
            var others = count - seen.Count;
            var users = others == 0 ? seen : seen.Append(others == 1 ? "a DataSet of somebody else" : $"{others} DataSets of others");
            throw new PlatformException(
                PlatformFault.Busy,
                $"The account \"{account.Name}\" is used by {string.Join(", ", users)}; give these DataSets another account or delete them first.");
        }

        _database.Execute(
            "DELETE FROM accounts WHERE id = @Id; DELETE FROM menu_labels WHERE account_key = @Key",
            new { account.Id, Key = $"{account.Connector}/{account.Id}" });
    }

    private void Change(Account account, string sql, object values)
    {
        if (_database.Execute(sql, values) == 0)
        {
            throw new PlatformException(PlatformFault.NotFound, $"The account \"{account.Name}\" is gone.");
        }
    }

    private static void RefuseReserved(string name)
    {
        if (string.Equals(name, Account.Sample, StringComparison.OrdinalIgnoreCase))
        {
            throw new PlatformException(PlatformFault.Input, $"The name \"{Account.Sample}\" stands for sample data; choose another.");
        }
    }

    private static PlatformException Taken(string name) =>
        new(PlatformFault.Input, $"There is an account \"{name}\" already; choose another name or remove it first.");
}
