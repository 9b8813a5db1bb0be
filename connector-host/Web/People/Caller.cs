using System.Security.Claims;
using ConnectorPlatform.Host.People;

namespace ConnectorPlatform.Host.Web.People;

/// <summary>By what a caller is known.</summary>
internal enum CallerKind
{
    Nobody,

    /// <summary>Whoever sits at the machine, where sign-in is off.</summary>
    Owner,

    Session,
    Token,
}

/// <summary>Who sends a request, and what they may do.</summary>
internal sealed record Caller(CallerKind Kind, string Name, IReadOnlySet<Permission> Permissions)
{
    public static Caller Nobody { get; } = new(CallerKind.Nobody, "", new HashSet<Permission>());

    public static Caller Owner { get; } = new(CallerKind.Owner, "owner", Role.Administrator.Permissions());

    /// <summary>Null for nobody and for the owner of a machine without sign-in.</summary>
    public Person? Person { get; init; }

    /// <summary>The session's id, which is not its key.</summary>
    public string? SessionId { get; init; }

    /// <summary>What a program has shown; null for everybody else.</summary>
    public ApiToken? Token { get; init; }

    public bool May(Permission permission) => Permissions.Contains(permission);

    /// <summary>Whether the caller, who sees a DataSet, may change and run it.</summary>
    public bool MayEdit(Access access, string dataSetId) => Person is not { } person || access.May(person, SharedKind.DataSet, dataSetId, ShareLevel.Edit);

    /// <summary>The person who is signed in.</summary>
    /// <exception cref="PlatformException">Nobody is, as sign-in is off.</exception>
    public Person Required => Person ?? throw new PlatformException(PlatformFault.NotFound, "Sign-in is off on this machine (Web:SignIn), so that there are no people here.");

    /// <summary>The caller as ASP.NET Core knows it: <c>sub</c> is the person's id.</summary>
    public ClaimsPrincipal ToPrincipal() => new(Kind == CallerKind.Nobody
        ? new ClaimsIdentity()
        : new ClaimsIdentity([new Claim("sub", Person?.Id ?? Name), new Claim("name", Name)], Kind.ToString(), "name", "role"));
}

/// <summary>Finds the caller of a request.</summary>
internal static class Callers
{
    public static Caller Caller(this HttpContext context) => context.Features.Get<Caller>() ?? People.Caller.Nobody;
}
