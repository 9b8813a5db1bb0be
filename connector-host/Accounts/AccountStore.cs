using System.Text.Json;
using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.Accounts;

/// <summary>Accounts in the metadata store, their credentials encrypted with the keys of the data folder.</summary>
internal sealed class AccountStore
{
    private const string Columns = "id, name, connector, identity, created_at, updated_at";

    private readonly MetadataDatabase _database;
    private readonly SecretBox _secrets;
    private readonly TimeProvider _time;

    public AccountStore(MetadataDatabase database, DataFolder folder, TimeProvider time)
    {
        _database = database;
        _time = time;
        _secrets = new SecretBox(folder, "account-credentials");
    }

    public IReadOnlyList<Account> List() => _database.Query<Account>($"SELECT {Columns} FROM accounts ORDER BY name");

    /// <exception cref="PlatformException">There is no account of that name.</exception>
    public Account Get(string name) =>
        _database.Find<Account>($"SELECT {Columns} FROM accounts WHERE name = @name", new { name })
        ?? throw new PlatformException(
            PlatformFault.NotFound, $"There is no account \"{name}\". See \"account list\", or use the account \"{Account.Sample}\".");

    public Account GetById(string id) =>
        _database.Find<Account>($"SELECT {Columns} FROM accounts WHERE id = @id", new { id })
        ?? throw new PlatformException(PlatformFault.NotFound, $"There is no account with the id {id} any more.");

    /// <exception cref="PlatformException">The name is taken or reserved.</exception>
    public Account Add(string name, string connector, JsonElement credentials, string? identity)
    {
        if (string.Equals(name, Account.Sample, StringComparison.OrdinalIgnoreCase))
        {
            throw new PlatformException(PlatformFault.Input, $"The name \"{Account.Sample}\" stands for sample data; choose another.");
        }

        var now = _time.GetUtcNow();
        var account = new Account
        {
            Id = Guid.CreateVersion7().ToString("N"),
            Name = name,
            Connector = connector,
            Identity = identity,
            CreatedAt = now,
            UpdatedAt = now,
        };
        var added = _database.TryInsert(
            $"INSERT INTO accounts ({Columns}, credentials) VALUES (@Id, @Name, @Connector, @Identity, @CreatedAt, @UpdatedAt, @Protected)",
            new
            {
                account.Id,
                account.Name,
                account.Connector,
                account.Identity,
                account.CreatedAt,
                account.UpdatedAt,
                Protected = _secrets.Protect(credentials.GetRawText()),
            });
        if (!added)
        {
            throw new PlatformException(PlatformFault.Input, $"There is an account \"{name}\" already; choose another name or remove it first.");
        }

        return account;
    }

    /// <summary>The credentials in clear text, for one operation.</summary>
    /// <exception cref="PlatformException">The keys of the data folder do not open them.</exception>
    public JsonElement Reveal(Account account)
    {
        var stored = _database.Find<string>("SELECT credentials FROM accounts WHERE id = @Id", new { account.Id })
            ?? throw new PlatformException(PlatformFault.NotFound, $"The account \"{account.Name}\" is gone.");
        return JsonElement.Parse(_secrets.Reveal(stored, $"The credentials of account \"{account.Name}\"", "add the account again"));
    }

    /// <exception cref="PlatformException">There is no such account, or DataSets use it.</exception>
    public void Remove(string name)
    {
        var account = Get(name);
        var users = _database.Query<string>("SELECT name FROM datasets WHERE account_id = @Id ORDER BY name", new { account.Id });
        if (users.Count > 0)
        {
            throw new PlatformException(
                PlatformFault.Busy, $"The account \"{name}\" is used by {string.Join(", ", users.Select(user => $"\"{user}\""))}; delete these DataSets first.");
        }

        _database.Execute("DELETE FROM accounts WHERE id = @Id", new { account.Id });
    }
}
