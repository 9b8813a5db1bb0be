namespace ConnectorPlatform.Host.DataSets;

/// <summary>By which way a DataSet was changed.</summary>
internal enum ChangeOrigin
{
    Cli,
    Page,
    Api,
}

/// <summary>What was changed about a DataSet at one time.</summary>
/// <param name="DataSetId">The DataSet.</param>
/// <param name="ChangedAt">When.</param>
/// <param name="ChangedBy">The name, at that time, of who changed it; null where nobody signs in.</param>
/// <param name="Origin">By which way.</param>
/// <param name="Fields">What.</param>
internal sealed record DataSetChange(string DataSetId, DateTimeOffset ChangedAt, string? ChangedBy, ChangeOrigin Origin, IReadOnlyList<FieldChange> Fields);

/// <summary>One thing that was changed, in the user's words; a secret's value is hidden.</summary>
/// <param name="Field">What it is called on the page.</param>
/// <param name="Before">Null when it was not there.</param>
/// <param name="After">Null when it is gone.</param>
internal sealed record FieldChange(string Field, string? Before, string? After);
