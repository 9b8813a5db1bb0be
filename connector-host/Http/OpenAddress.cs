using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace ConnectorPlatform.Host.Http;

/// <summary>An address beyond the public internet that the operator lets runs reach.</summary>
/// <param name="Target">A host name, an address, or a network such as <c>10.0.0.0/8</c>.</param>
/// <param name="Port">Null for all.</param>
internal sealed partial record OpenAddress(string Target, int? Port)
{
    /// <summary>The setting that lists them.</summary>
    public const string Setting = "Egress:Allow";

    /// <exception cref="PlatformException">The entry is none of the forms.</exception>
    public static OpenAddress Parse(string entry)
    {
        var parts = Form().Match(entry.Trim());
        var target = parts.Groups["target"].Value.ToLowerInvariant();
        int? port = parts.Groups["port"].Success ? int.Parse(parts.Groups["port"].Value, CultureInfo.InvariantCulture) : null;
        return port is null or (>= 1 and <= IPEndPoint.MaxPort) && (NetworkOf(target) is not null || HostName().IsMatch(target))
            ? new OpenAddress(target, port)
            : throw new PlatformException(
                PlatformFault.Input,
                $"The setting {Setting} has the entry \"{entry}\"; an entry is a host name, an address or a network in CIDR form, with or without a port: intranet.example:8443, 10.1.2.3, 10.1.0.0/16, [fd12::1]:443.");
    }

    /// <summary>The host and port of an address, and nothing else.</summary>
    public static OpenAddress Of(Uri address) => new(address.IdnHost.ToLowerInvariant(), address.Port);

    /// <summary>Whether a connection for this host may go to this address. A name opens only what networks of one's own consist of: who answers for the name should not reach more.</summary>
    public bool Covers(DnsEndPoint wanted, IPAddress address, AddressKind kind) =>
        (Port is null || Port == wanted.Port)
        && (NetworkOf(Target) is { } network
            ? network.Contains(address)
            : kind is AddressKind.Loopback or AddressKind.Private && string.Equals(Target, wanted.Host, StringComparison.OrdinalIgnoreCase));

    public override string ToString()
    {
        var target = Port is not null && Target.Contains(':', StringComparison.Ordinal) ? $"[{Target}]" : Target;
        return Port is { } port ? string.Create(CultureInfo.InvariantCulture, $"{target}:{port}") : target;
    }

    private static IPNetwork? NetworkOf(string target)
    {
        if (target.Contains('/', StringComparison.Ordinal))
        {
            return IPNetwork.TryParse(target, out var network) ? network : null;
        }

        // The parser also reads "10" as an address, which nobody means.
        var isWhole = target.Contains(':', StringComparison.Ordinal) || target.Count(letter => letter == '.') == 3;
        return isWhole && IPAddress.TryParse(target, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8) : null;
    }

    [GeneratedRegex(@"^(?:\[(?<target>[^\[\]]+)\](?::(?<port>\d{1,5}))?|(?<target>[^:\[\]]+)(?::(?<port>\d{1,5}))?|(?<target>[0-9A-Fa-f.]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*(?:/\d+)?))$")]
    private static partial Regex Form();

    // With a letter in its last label, as all-digit names are addresses.
    [GeneratedRegex(@"^(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?\.)*[a-z0-9-]*[a-z][a-z0-9-]*$")]
    private static partial Regex HostName();
}
