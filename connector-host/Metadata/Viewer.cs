namespace ConnectorPlatform.Host.Metadata;

/// <summary>
/// Whose request the stores answer: what they read is what this person may see, and what they add is this person's. Nobody's, as in schedules, runs and the
/// command line, is the platform itself, which sees all.
/// </summary>
/// <param name="PersonId">Owns what is added.</param>
/// <param name="SeesAll">An administrator.</param>
internal sealed record Viewer(string PersonId, bool SeesAll)
{
    private static readonly AsyncLocal<Viewer?> Ambient = new();

    /// <summary>Null for the platform itself. Is set for the rest of an asynchronous method and what that calls.</summary>
    public static Viewer? Current
    {
        get => Ambient.Value;
        set => Ambient.Value = value;
    }

    /// <summary>For queries: whose rights count; null where all is seen.</summary>
    public static string? Filter => Current is { SeesAll: false } viewer ? viewer.PersonId : null;

    /// <summary>The owner of what is added; null where the platform adds it.</summary>
    public static string? Owner => Current?.PersonId;

    /// <summary>For a query with the parameter <c>@viewer</c>, which is <see cref="Filter"/>: the condition that a row belongs to what is seen.</summary>
    /// <param name="kind">What can be shared: <c>DataSet</c> or <c>Account</c>.</param>
    /// <param name="id">The column with its id.</param>
    public static string Sees(string kind, string id) =>
        $"(@viewer IS NULL OR EXISTS (SELECT 1 FROM rights WHERE rights.kind = '{kind}' AND rights.object_id = {id} AND rights.person_id = @viewer))";

    /// <summary>As <see cref="Sees"/>: the condition that what is seen may also be changed.</summary>
    public static string Changes(string kind, string id) =>
        $"(@viewer IS NULL OR EXISTS (SELECT 1 FROM rights WHERE rights.kind = '{kind}' AND rights.object_id = {id} AND rights.person_id = @viewer AND rights.level >= 2))";

    /// <summary>A statement with the parameters <c>@Id</c> and <c>@Owner</c> that makes the owner of what is added.</summary>
    /// <param name="kind">As for <see cref="Sees"/>.</param>
    public static string Owning(string kind) => $"INSERT INTO shares (kind, object_id, holder_id, level) SELECT '{kind}', @Id, @Owner, 3 WHERE @Owner IS NOT NULL";

    /// <summary>
    /// Lets whoever asks act on what somebody has entrusted to them, as by a link, although they do not see it otherwise. Holds for the rest of an asynchronous method and what that
    /// calls, else for the rest of the request.
    /// </summary>
    public static void Entrust() => Current = Current is { } viewer ? viewer with { SeesAll = true } : null;

    /// <summary>Reads for the platform itself, in whosever request.</summary>
    public static T Platform<T>(Func<T> read) => As(null, read);

    /// <summary>Does something for a viewer, on whosever thread.</summary>
    public static T As<T>(Viewer? viewer, Func<T> work)
    {
        var before = Current;
        Current = viewer;
        try
        {
            return work();
        }
        finally
        {
            Current = before;
        }
    }
}
