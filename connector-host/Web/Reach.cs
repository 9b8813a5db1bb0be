using System.Net;
using ConnectorPlatform.Host.Web.People;
using Microsoft.AspNetCore.HttpOverrides;

namespace ConnectorPlatform.Host.Web;

/// <summary>From where the server can be reached, and whom it believes where a request came from.</summary>
internal static class Reach
{
    private const string ProxiesSetting = "Web:Proxies";

    /// <exception cref="PlatformException">It is no address, or it is not on loopback and sign-in is off.</exception>
    public static string CheckAddress(string address, SignInMode mode)
    {
        if (IsLoopback(address) || (mode == SignInMode.Required && IsAddress(address)))
        {
            return address;
        }

        throw new PlatformException(PlatformFault.Input, mode == SignInMode.Required
            ? $"\"{address}\" is no address to listen on, such as {Server.DefaultAddress} or https://0.0.0.0:5443."
            : $"Without sign-in (Web:SignIn is Off) the platform listens on loopback only, such as {Server.DefaultAddress}; \"{address}\" is not such an address.");
    }

    /// <summary>Whether passwords would cross a network that anybody may listen to.</summary>
    public static bool IsReadableOnTheWay(string address) => !IsLoopback(address) && !address.StartsWith("https:", StringComparison.OrdinalIgnoreCase);

    /// <summary>Takes the caller's address and scheme from the proxies that the operator names, and from no others.</summary>
    /// <exception cref="PlatformException">The setting names something else.</exception>
    public static void UseProxies(this WebApplication server)
    {
        var named = (server.Configuration[ProxiesSetting] ?? "").Split([';', ',', ' '], StringSplitOptions.RemoveEmptyEntries);
        if (named.Length == 0)
        {
            return;
        }

        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var text in named)
        {
            options.KnownIPNetworks.Add(Network(text));
        }

        server.UseForwardedHeaders(options);
    }

    private static System.Net.IPNetwork Network(string text)
    {
        if (System.Net.IPNetwork.TryParse(text, out var network))
        {
            return network;
        }

        return IPAddress.TryParse(text, out var address)
            ? new System.Net.IPNetwork(address, address.GetAddressBytes().Length * 8)
            : throw new PlatformException(PlatformFault.Input, $"The setting {ProxiesSetting} names \"{text}\"; it lists addresses and networks such as 10.0.0.7 or 10.1.0.0/16.");
    }

    private static bool IsLoopback(string address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri is { Scheme: "http" or "https", IsLoopback: true };

    // One address, as what listens on several could have one of them beyond what was looked at.
    private static bool IsAddress(string address)
    {
        try
        {
            return !address.Contains(';', StringComparison.Ordinal) && BindingAddress.Parse(address) is { IsUnixPipe: false, Scheme: "http" or "https" };
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
