using System.ComponentModel;
using ConnectorPlatform.Host.People;

namespace ConnectorPlatform.Host.Web.Api;

/// <summary>Somebody who signs in.</summary>
internal sealed record PersonView
{
    public required string Id { get; init; }

    [Description("What is typed to sign in.")]
    public required string Name { get; init; }

    public required Role Role { get; init; }

    [Description("Cannot sign in, and their tokens open nothing.")]
    public required bool IsDisabled { get; init; }

    [Description("The OpenID provider that vouches for the person; null for a local one.")]
    public required string? Issuer { get; init; }

    public required DateTimeOffset? LastSeenAt { get; init; }

    public static PersonView Of(Person person) => new()
    {
        Id = person.Id,
        Name = person.Name,
        Role = person.Role,
        IsDisabled = person.IsDisabled,
        Issuer = person.Issuer,
        LastSeenAt = person.LastSeenAt,
    };
}

/// <summary>Somebody to bring in.</summary>
internal sealed record InvitationBody(string Name, Role Role);

/// <summary>A change of a person; what is left out stays.</summary>
internal sealed record PersonBody
{
    public Role? Role { get; init; }

    public bool? IsDisabled { get; init; }
}

/// <summary>A link by which a person chooses a password.</summary>
internal sealed record PasswordLinkView(PersonView Person, [property: Description("Below the platform's address; good once, for 24 hours.")] string Link);

/// <summary>To whom what a person has is given.</summary>
internal sealed record TransferBody([property: Description("The id or name of a person.")] string To);

/// <summary>How much was given.</summary>
internal sealed record TransferView([property: Description("How many DataSets and accounts.")] int Moved);

/// <summary>A right on a DataSet or an account.</summary>
internal sealed record ShareView
{
    [Description("The id of the person or group.")]
    public required string Holder { get; init; }

    public required string Name { get; init; }

    public required bool IsGroup { get; init; }

    [Description("For an account, view is to use it.")]
    public required ShareLevel Level { get; init; }

    public static ShareView Of(Share share) => new() { Holder = share.HolderId, Name = share.HolderName, IsGroup = share.IsGroup, Level = share.Level };
}

/// <summary>How far a right goes.</summary>
internal sealed record ShareBody(ShareLevel Level);
