using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.People.Storage;

/// <summary>People in the metadata store.</summary>
internal sealed class PersonStore(MetadataDatabase database, TimeProvider time)
{
    private const string Columns = "id, name, role, is_disabled, password_hash IS NOT NULL AS has_password, issuer, created_at, last_seen_at";

    public IReadOnlyList<Person> List() => database.Query<Person>($"SELECT {Columns} FROM people ORDER BY name");

    public Person? FindById(string id) => database.Find<Person>($"SELECT {Columns} FROM people WHERE id = @id", new { id });

    public Person? FindByName(string name) => database.Find<Person>($"SELECT {Columns} FROM people WHERE name = @name", new { name });

    /// <exception cref="PlatformException">There is no such person.</exception>
    public Person Get(string nameOrId) => FindByName(nameOrId) ?? FindById(nameOrId)
        ?? throw new PlatformException(PlatformFault.NotFound, $"There is no person \"{nameOrId}\". See \"person list\".");

    public Person? FindBySubject(string issuer, string subject) =>
        database.Find<Person>($"SELECT {Columns} FROM people WHERE issuer = @issuer AND subject = @subject", new { issuer, subject });

    /// <summary>Whether somebody could sign in and decide on people.</summary>
    /// <param name="besides">Of this person it is not asked.</param>
    public bool HasAdministrator(string? besides = null) => database.Find<bool>(
        "SELECT EXISTS (SELECT 1 FROM people WHERE role = @role AND is_disabled = 0 AND (password_hash IS NOT NULL OR subject IS NOT NULL) AND id IS NOT @besides)",
        new { role = nameof(Role.Administrator), besides });

    /// <param name="name">What is typed to sign in.</param>
    /// <param name="role">What the person may do.</param>
    /// <param name="issuer">The OpenID provider that vouches for the person, if one does.</param>
    /// <param name="subject">Whom that provider means.</param>
    /// <exception cref="PlatformException">The name is taken or is none.</exception>
    public Person Add(string name, Role role, string? issuer = null, string? subject = null)
    {
        CheckName(name);
        var id = Identifier.New();
        var added = database.TryInsert(
            "INSERT INTO people (id, name, role, issuer, subject, created_at) VALUES (@id, @name, @role, @issuer, @subject, @now)",
            new { id, name, role = role.ToString(), issuer, subject, now = time.GetUtcNow() });
        return added ? FindById(id)! : throw new PlatformException(PlatformFault.Input, $"There is a person \"{name}\" already; choose another name.");
    }

    public string? PasswordHash(string id) => database.Find<string>("SELECT password_hash FROM people WHERE id = @id", new { id });

    public void SetPassword(string id, string hash) => database.Execute("UPDATE people SET password_hash = @hash WHERE id = @id", new { id, hash });

    public void SetRole(string id, Role role) => database.Execute("UPDATE people SET role = @role WHERE id = @id", new { id, role = role.ToString() });

    public void SetDisabled(string id, bool isDisabled) => database.Execute("UPDATE people SET is_disabled = @isDisabled WHERE id = @id", new { id, isDisabled });

    public void Seen(string id) => database.Execute("UPDATE people SET last_seen_at = @now WHERE id = @id", new { id, now = time.GetUtcNow() });

    private static void CheckName(string name)
    {
        if (name.Length is 0 or > 200 || name != name.Trim() || name.Any(char.IsControl))
        {
            throw new PlatformException(PlatformFault.Input, "A name to sign in with has 1 to 200 characters, such as an e-mail address, and no space before or after it.");
        }
    }
}
