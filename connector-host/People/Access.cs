using ConnectorPlatform.Host.People.Storage;

namespace ConnectorPlatform.Host.People;

/// <summary>
/// The one place that decides what somebody may do with a DataSet or an account. What a person has no right to is not found at all (the stores' queries go by the
/// same rights), so that here only those are refused who see it and may not do more.
/// </summary>
internal sealed class Access(ShareStore shares)
{
    /// <summary>Whether a person may do something that needs a right of that level.</summary>
    public bool May(Person person, SharedKind kind, string objectId, ShareLevel needed) =>
        person.Role == Role.Administrator || shares.LevelOf(kind, objectId, person.Id) is not { } level || level >= needed;

    /// <summary>Whether a person decides with whom something is shared.</summary>
    public bool Owns(Person person, SharedKind kind, string objectId) =>
        person.Role == Role.Administrator || shares.LevelOf(kind, objectId, person.Id) == ShareLevel.Own;
}
