namespace ConnectorPlatform.Host.Forms;

/// <summary>One thing that is wrong with the data of a form.</summary>
/// <param name="Path">JSON pointer of the field; of a missing field, where it should be.</param>
/// <param name="Keyword">The JSON Schema keyword that is not met (<c>enum</c> for every menu), or <c>unknown</c>, <c>json</c>, <c>schema</c>, <c>quota</c>.</param>
/// <param name="Message">In the user's words; never holds a value, which may be secret.</param>
internal sealed record FormError(string Path, string Keyword, string Message);

/// <summary>What becomes of members that no declaration knows. Either way they are not in the settled data.</summary>
internal enum UnknownNames
{
    /// <summary>Silently dropped: a page may be older than the form.</summary>
    Dropped,

    /// <summary>An error each: the API, the command line and files.</summary>
    Refused,
}
