namespace ConnectorPlatform.Connectors.Bitly;

/// <summary>The user's own domains, with their subdomains; none means all there are.</summary>
internal sealed class Domains(IReadOnlyList<string>? names)
{
    private readonly string[] _names = [.. (names ?? []).Select(name => name.Trim().TrimEnd('.')).Where(name => name.Length > 0)];

    public bool IsLimited => _names.Length > 0;

    public bool Hold(string? address) => !IsLimited || (Uri.TryCreate(address, UriKind.Absolute, out var uri) && _names.Any(name =>
        uri.IdnHost.Equals(name, StringComparison.OrdinalIgnoreCase) || uri.IdnHost.EndsWith($".{name}", StringComparison.OrdinalIgnoreCase)));

    public override string ToString() => string.Join(", ", _names);
}
