namespace ConnectorPlatform.Host.People;

/// <summary>What an API token was made for; it never may more than its person.</summary>
internal enum TokenScope
{
    Read,
    Run,
    Write,
    Admin,
}

/// <summary>What scopes allow.</summary>
internal static class TokenScopes
{
    public static IReadOnlySet<Permission> Permissions(this TokenScope scope) => scope switch
    {
        TokenScope.Read => new HashSet<Permission> { Permission.Read },
        TokenScope.Run => new HashSet<Permission> { Permission.Read, Permission.Run },
        TokenScope.Write => new HashSet<Permission> { Permission.Read, Permission.Write },
        _ => new HashSet<Permission> { Permission.Read, Permission.Operate, Permission.Administer },
    };

    /// <exception cref="PlatformException">There is no such scope, or none is named.</exception>
    public static IReadOnlyList<TokenScope> Parse(IEnumerable<string> texts)
    {
        var scopes = texts.Select(Parse).Distinct().Order().ToList();
        return scopes.Count > 0 ? scopes : throw new PlatformException(PlatformFault.Input, $"A token needs at least one scope of {All}.");
    }

    private static string All => string.Join(", ", Enum.GetNames<TokenScope>()).ToLowerInvariant();

    private static TokenScope Parse(string text) => Enum.GetNames<TokenScope>().FirstOrDefault(name => string.Equals(name, text, StringComparison.OrdinalIgnoreCase)) is { } name
        ? Enum.Parse<TokenScope>(name)
        : throw new PlatformException(PlatformFault.Input, $"There is no scope \"{text}\"; the scopes are {All}.");
}
