namespace ConnectorPlatform.Host.People;

/// <summary>What a page or an operation of the API needs.</summary>
internal enum Permission
{
    /// <summary>Look at what there is.</summary>
    Read,

    /// <summary>Start and end runs.</summary>
    Run,

    /// <summary>Change DataSets, accounts and schedules.</summary>
    Write,

    /// <summary>Change what concerns the whole platform: connectors, notices, settings.</summary>
    Operate,

    /// <summary>Decide on people.</summary>
    Administer,
}
