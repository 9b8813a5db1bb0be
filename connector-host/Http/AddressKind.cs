using System.Net;

namespace ConnectorPlatform.Host.Http;

/// <summary>What an address is for; only <see cref="Public"/> ones are the internet's.</summary>
internal enum AddressKind
{
    Public,
    Loopback,
    Private,
    LinkLocal,
    Metadata,
    Unspecified,
    Multicast,
    Documentation,
    Reserved,
}

/// <summary>Tells what an address is for, also when it stands inside another: <c>::ffff:127.0.0.1</c> is the machine itself.</summary>
internal static class AddressKinds
{
    /// <summary>From the special-purpose registries of RFC 6890; the first network that holds an address decides.</summary>
    private static readonly (AddressKind Kind, IPNetwork[] Networks)[] Special =
    [
        // Clouds hand out credentials at these; that of Azure is the one in public space.
        (AddressKind.Metadata, Networks("169.254.169.254/32", "169.254.170.2/32", "100.100.100.200/32", "168.63.129.16/32", "192.0.0.192/32", "fd00:ec2::254/128", "fd20:ce::254/128")),
        (AddressKind.Unspecified, Networks("0.0.0.0/8", "::/128")),
        (AddressKind.Loopback, Networks("127.0.0.0/8", "::1/128")),
        (AddressKind.Private, Networks("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7", "fec0::/10")),
        (AddressKind.LinkLocal, Networks("169.254.0.0/16", "fe80::/10")),
        (AddressKind.Multicast, Networks("224.0.0.0/4", "ff00::/8")),
        (AddressKind.Documentation, Networks("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20")),
        (AddressKind.Reserved, Networks("192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "240.0.0.0/4", "2001:2::/48", "2001:10::/28", "2001:20::/28", "64:ff9b:1::/48")),
    ];

    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork Teredo = IPNetwork.Parse("2001::/32");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");
    private static readonly IPNetwork Compatible = IPNetwork.Parse("::/96");
    private static readonly IPNetwork Translated = IPNetwork.Parse("::ffff:0:0:0/96");
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    public static AddressKind KindOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return KindOf(address.MapToIPv4());
        }

        var bytes = address.GetAddressBytes();

        // The scope of fe80::1%2 is no part of the address.
        var plain = new IPAddress(bytes);
        foreach (var (kind, networks) in Special)
        {
            if (networks.Any(network => network.Contains(plain)))
            {
                return kind;
            }
        }

        return bytes.Length == 4 ? AddressKind.Public : KindOfVersion6(plain, bytes);
    }

    public static string WordsFor(AddressKind kind) => kind switch
    {
        AddressKind.Loopback => "an address of the platform's own machine",
        AddressKind.Private => "an address of a private network",
        AddressKind.LinkLocal => "a link-local address",
        AddressKind.Metadata => "the address of a cloud's metadata",
        AddressKind.Unspecified => "the unspecified address",
        AddressKind.Multicast => "a multicast address",
        AddressKind.Documentation => "an address for documentation",
        AddressKind.Reserved => "a reserved address",
        _ => "a public address",
    };

    private static AddressKind KindOfVersion6(IPAddress address, byte[] bytes)
    {
        var inner = Embedded(address, bytes).Select(KindOf).FirstOrDefault(kind => kind != AddressKind.Public);
        return inner != AddressKind.Public ? inner
            : GlobalUnicast.Contains(address) || Nat64.Contains(address) ? AddressKind.Public
            : AddressKind.Reserved;
    }

    /// <summary>The IPv4 addresses to which gateways and tunnels take the packets.</summary>
    private static IEnumerable<IPAddress> Embedded(IPAddress address, byte[] bytes)
    {
        if (Nat64.Contains(address) || Compatible.Contains(address) || Translated.Contains(address) || IsIsatap(bytes))
        {
            yield return new IPAddress(bytes.AsSpan(12));
        }

        if (SixToFour.Contains(address))
        {
            yield return new IPAddress(bytes.AsSpan(2, 4));
        }

        if (Teredo.Contains(address))
        {
            yield return new IPAddress(bytes.AsSpan(4, 4));
            yield return new IPAddress(bytes.Skip(12).Select(part => (byte)~part).ToArray());
        }
    }

    // RFC 5214: the interface identifier is 0000:5efe or 0200:5efe and the IPv4 address.
    private static bool IsIsatap(byte[] bytes) => (bytes[8] & 0xFD) == 0 && bytes[9] == 0 && bytes[10] == 0x5E && bytes[11] == 0xFE;

    private static IPNetwork[] Networks(params string[] networks) => [.. networks.Select(IPNetwork.Parse)];
}
