using System.Net;

namespace ConnectorPlatform.Host.Notices.Channels;

/// <summary>Which addresses notices may go to.</summary>
internal static class NoticeAddress
{
    /// <param name="address">The address.</param>
    /// <param name="isSecret">Whether it must not be repeated.</param>
    /// <exception cref="PlatformException">It is none, or would be sent to without encryption.</exception>
    public static Uri Check(string address, bool isSecret)
    {
        var shown = isSecret ? "The webhook's address" : $"The webhook's address \"{address}\"";
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http") || address.Any(char.IsControl))
        {
            throw new PlatformException(PlatformFault.Input, $"{shown} is no web address; it begins with https://.");
        }

        return uri switch
        {
            { UserInfo.Length: > 0 } => throw new PlatformException(PlatformFault.Input, "The webhook's address holds a user or password; give one without."),
            { Scheme: "http", IsLoopback: false } => throw new PlatformException(
                PlatformFault.Input, $"{shown} is not encrypted; it must begin with https:// unless it is on this machine."),
            _ => uri,
        };
    }

    /// <summary>Scheme, host and port: what may be shown.</summary>
    public static string Origin(Uri address) => address.GetLeftPart(UriPartial.Authority);

    public static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
