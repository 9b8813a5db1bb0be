namespace ConnectorPlatform.Host.People;

/// <summary>What a person does with the platform; each role may do what those before it may.</summary>
internal enum Role
{
    Viewer,
    Editor,
    Operator,
    Administrator,
}

/// <summary>What roles may do.</summary>
internal static class Roles
{
    public static IReadOnlySet<Permission> Permissions(this Role role) => role switch
    {
        Role.Viewer => new HashSet<Permission> { Permission.Read },
        Role.Editor => new HashSet<Permission> { Permission.Read, Permission.Run, Permission.Write },
        Role.Operator => new HashSet<Permission> { Permission.Read, Permission.Run, Permission.Write, Permission.Operate },
        _ => Enum.GetValues<Permission>().ToHashSet(),
    };

    /// <exception cref="PlatformException">There is no such role.</exception>
    public static Role Parse(string text) => Enum.GetNames<Role>().FirstOrDefault(name => string.Equals(name, text, StringComparison.OrdinalIgnoreCase)) is { } name
        ? Enum.Parse<Role>(name)
        : throw new PlatformException(PlatformFault.Input, $"There is no role \"{text}\"; the roles are {string.Join(", ", Enum.GetNames<Role>()).ToLowerInvariant()}.");
}
