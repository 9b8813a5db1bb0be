using System.Text.Json;
using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.People.Storage;

/// <summary>Groups of people.</summary>
internal sealed class GroupStore(MetadataDatabase database)
{
    public IReadOnlyList<PersonGroup> List() => [.. database.Query<Row>(
        """
        SELECT id, name, (SELECT json_group_array(people.name ORDER BY people.name) FROM group_members JOIN people ON people.id = person_id WHERE group_id = person_groups.id) AS members
        FROM person_groups ORDER BY name
        """).Select(row => new PersonGroup { Id = row.Id, Name = row.Name, Members = JsonSerializer.Deserialize<string[]>(row.Members)! })];

    /// <exception cref="PlatformException">The name is taken or is none.</exception>
    public PersonGroup Add(string name)
    {
        if (name.Trim().Length is 0 or > 200)
        {
            throw new PlatformException(PlatformFault.Input, "A group has a name of 1 to 200 characters.");
        }

        var group = new PersonGroup { Id = Identifier.New(), Name = name.Trim(), Members = [] };
        return database.TryInsert("INSERT INTO person_groups (id, name) VALUES (@Id, @Name)", new { group.Id, group.Name })
            ? group
            : throw new PlatformException(PlatformFault.Input, $"There is a group \"{group.Name}\" already.");
    }

    /// <param name="name">Or the id.</param>
    public PersonGroup? Find(string name) => List().FirstOrDefault(group => group.Id == name || string.Equals(group.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <param name="name">Or the id.</param>
    /// <exception cref="PlatformException">There is none.</exception>
    public PersonGroup Get(string name) => Find(name) ?? throw new PlatformException(PlatformFault.NotFound, $"There is no group \"{name}\".");

    public void Remove(string id) => database.Execute("DELETE FROM person_groups WHERE id = @id", new { id });

    public void Join(string id, string personId) =>
        database.TryInsert("INSERT OR IGNORE INTO group_members (group_id, person_id) VALUES (@id, @personId)", new { id, personId });

    public void Leave(string id, string personId) => database.Execute("DELETE FROM group_members WHERE group_id = @id AND person_id = @personId", new { id, personId });

    private sealed record Row
    {
        public required string Id { get; init; }

        public required string Name { get; init; }

        public required string Members { get; init; }
    }
}
