namespace ConnectorPlatform.Host.People;

/// <summary>What can be shared.</summary>
internal enum SharedKind
{
    DataSet,
    Account,
}

/// <summary>How far a right goes; each includes those before it.</summary>
internal enum ShareLevel
{
    /// <summary>Look at a DataSet; use an account for DataSets of one's own.</summary>
    View = 1,

    Edit = 2,

    /// <summary>Also delete it, and decide with whom it is shared.</summary>
    Own = 3,
}

/// <summary>A right that a person or a group has.</summary>
internal sealed record Share
{
    public required string HolderId { get; init; }

    public required string HolderName { get; init; }

    public required bool IsGroup { get; init; }

    public required ShareLevel Level { get; init; }
}

/// <summary>People who are given rights together.</summary>
internal sealed record PersonGroup
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>The names of its people, in the order of the alphabet.</summary>
    public required IReadOnlyList<string> Members { get; init; }
}
