using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.People.Storage;

/// <summary>Who owns DataSets and accounts, and with whom they are shared.</summary>
internal sealed class ShareStore(MetadataDatabase database)
{
    /// <summary>The furthest right that a person has, also by a group; null when they have none.</summary>
    public ShareLevel? LevelOf(SharedKind kind, string objectId, string personId) => database.Find<int?>(
        "SELECT max(level) FROM rights WHERE kind = @kind AND object_id = @objectId AND person_id = @personId", new { kind = kind.ToString(), objectId, personId }) is { } level
        ? (ShareLevel)level
        : null;

    public IReadOnlyList<Share> Of(SharedKind kind, string objectId) => database.Query<Share>(
        """
        SELECT holder_id, coalesce(people.name, person_groups.name) AS holder_name, person_groups.id IS NOT NULL AS is_group, level FROM shares
        LEFT JOIN people ON people.id = holder_id LEFT JOIN person_groups ON person_groups.id = holder_id
        WHERE kind = @kind AND object_id = @objectId AND (people.id IS NOT NULL OR person_groups.id IS NOT NULL) ORDER BY level DESC, holder_name
        """,
        new { kind = kind.ToString(), objectId });

    /// <summary>Gives a person or a group a right, in the place of the one that they had.</summary>
    /// <exception cref="PlatformException">Nobody would own it any more.</exception>
    public void Give(SharedKind kind, string objectId, string holderId, ShareLevel level) => Change(kind, objectId, () => database.Execute(
        "INSERT OR REPLACE INTO shares (kind, object_id, holder_id, level) VALUES (@kind, @objectId, @holderId, @level)",
        new { kind = kind.ToString(), objectId, holderId, level = (int)level }));

    /// <exception cref="PlatformException">Nobody would own it any more.</exception>
    public void Take(SharedKind kind, string objectId, string holderId) => Change(kind, objectId, () => database.Execute(
        "DELETE FROM shares WHERE kind = @kind AND object_id = @objectId AND holder_id = @holderId", new { kind = kind.ToString(), objectId, holderId }));

    /// <summary>Gives all that a person has to another, who keeps what they had beyond it.</summary>
    /// <returns>How many DataSets and accounts.</returns>
    public int Transfer(string fromId, string toId) => database.Together(() =>
    {
        var moved = database.Execute(
            """
            INSERT INTO shares (kind, object_id, holder_id, level) SELECT kind, object_id, @toId, level FROM shares WHERE holder_id = @fromId
            ON CONFLICT DO UPDATE SET level = max(level, excluded.level)
            """,
            new { fromId, toId });
        database.Execute("DELETE FROM shares WHERE holder_id = @fromId; DELETE FROM group_members WHERE person_id = @fromId", new { fromId });
        return moved;
    });

    /// <summary>Makes a person the owner of everything that nobody owns, such as what was there before there were people.</summary>
    /// <returns>How many DataSets and accounts.</returns>
    public int Adopt(string personId) => database.Execute(
        """
        INSERT OR REPLACE INTO shares (kind, object_id, holder_id, level)
        SELECT kind, id, @personId, 3 FROM (SELECT 'DataSet' AS kind, id FROM datasets UNION ALL SELECT 'Account', id FROM accounts) AS objects
        WHERE NOT EXISTS (SELECT 1 FROM shares WHERE shares.kind = objects.kind AND object_id = id AND level = 3)
        """,
        new { personId });

    private void Change(SharedKind kind, string objectId, Action change) => database.Together(() =>
    {
        var hadOwner = HasOwner();
        change();
        return !hadOwner || HasOwner()
            ? true
            : throw new PlatformException(PlatformFault.Input, "Somebody must own it: make somebody else its owner first.");

        bool HasOwner() => database.Find<bool>(
            "SELECT EXISTS (SELECT 1 FROM shares WHERE kind = @kind AND object_id = @objectId AND level = 3)", new { kind = kind.ToString(), objectId });
    });
}
