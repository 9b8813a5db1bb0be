namespace ConnectorPlatform.Host.Audit;

/// <summary>What kind of somebody acts.</summary>
internal enum ActorKind
{
    Person,

    /// <summary>A program with an API token.</summary>
    Token,

    CommandLine,
    Scheduler,

    /// <summary>The platform by itself.</summary>
    Host,
}

/// <summary>Who does something.</summary>
/// <param name="Id">Stays when the name changes; null where there is none.</param>
/// <param name="Address">From where, when it came over the network.</param>
internal sealed record Actor(ActorKind Kind, string? Id, string Name, string? Address)
{
    public static Actor Host { get; } = new(ActorKind.Host, null, "platform", null);

    public static Actor Scheduler { get; } = new(ActorKind.Scheduler, null, "scheduler", null);

    /// <summary>Null where nobody has to say who he is.</summary>
    public string? KnownName => Kind is ActorKind.Person or ActorKind.Token && Id is null ? null : Name;

    /// <summary>Whoever is signed in to the operating system.</summary>
    public static Actor OfCommandLine { get; } = new(ActorKind.CommandLine, null, Environment.UserName, null);
}

/// <summary>Who acts now: set where something begins, and known to everything that this brings about.</summary>
internal static class CurrentActor
{
    private static readonly AsyncLocal<Actor?> Local = new();

    public static Actor Value
    {
        get => Local.Value ?? Actor.Host;
        set => Local.Value = value;
    }
}
