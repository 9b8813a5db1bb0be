using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace ConnectorPlatform.Host.Http;

/// <summary>Finds the addresses of a host name.</summary>
internal delegate Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken);

/// <summary>
/// Opens the connections of runs. A name is resolved once, and the connection goes to the very address that was checked: a name that
/// stands for another address a moment later gains nothing.
/// </summary>
internal sealed class CheckedConnections(IReadOnlyList<OpenAddress> open, ResolveAsync resolve)
{
    /// <exception cref="ConnectorException">The host has none but addresses that runs may not reach.</exception>
    [SuppressMessage("Reliability", "CA2000", Justification = "The stream owns the socket, and the client the stream.")]
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint wanted, CancellationToken cancellationToken)
    {
        var addresses = await AddressesAsync(wanted.Host, cancellationToken).ConfigureAwait(false);
        var reachable = addresses.Where(address => MayReach(wanted, address)).ToArray();
        if (reachable.Length == 0)
        {
            throw Refused(wanted, addresses[0]);
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(reachable, wanted.Port, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<IPAddress[]> AddressesAsync(string host, CancellationToken cancellationToken)
    {
        IPAddress[] found = IPAddress.TryParse(host, out var literal) ? [literal] : await resolve(host, cancellationToken).ConfigureAwait(false);
        return found.Length > 0
            ? [.. found.Select(address => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)]
            : throw new SocketException((int)SocketError.HostNotFound);
    }

    private bool MayReach(DnsEndPoint wanted, IPAddress address)
    {
        var kind = AddressKinds.KindOf(address);
        return kind == AddressKind.Public || open.Any(exception => exception.Covers(wanted, address, kind));
    }

    private static ConnectorException Refused(DnsEndPoint wanted, IPAddress address)
    {
        var kind = AddressKinds.KindOf(address);
        var target = kind is AddressKind.Loopback or AddressKind.Private ? wanted.Host : address.ToString();
        var what = address.ToString() == wanted.Host ? "it is" : $"it stands for {address},";
        return new ConnectorException(
            FailureKind.Connector,
            $"A connection to {wanted.Host} was refused: {what} {AddressKinds.WordsFor(kind)}, and runs reach the public internet only. If it is the source that is meant, the operator adds \"{new OpenAddress(target, wanted.Port)}\" to the setting {OpenAddress.Setting}.");
    }
}
