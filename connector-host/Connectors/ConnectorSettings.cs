using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Connectors;

/// <summary>What the operator sets for connectors: <c>Connectors:Folders</c>, <c>Connectors:Drop</c>, <c>Connectors:Feeds</c>, <c>Egress:Allow</c> and, for one connector, <c>Connectors:ID:BaseAddress</c>.</summary>
internal sealed class ConnectorSettings(IConfiguration configuration)
{
    /// <summary>The folders with packages; by default the one that is built or published beside the host.</summary>
    public IReadOnlyList<string> Folders =>
        configuration.GetSection("Connectors:Folders").Get<string[]>() is { Length: > 0 } folders ? folders : [DefaultFolder()];

    /// <summary>Where packages are installed from by name: NuGet feeds, each an address or a folder.</summary>
    public IReadOnlyList<string> Feeds => configuration.GetSection("Connectors:Feeds").Get<string[]>() ?? [];

    /// <summary>The folder into which packages are dropped while the platform runs; by default <c>connectors</c> in the data folder.</summary>
    public string DropIn(string dataFolder) => Path.GetFullPath(configuration["Connectors:Drop"] is { Length: > 0 } drop ? drop : Path.Combine(dataFolder, "connectors"));

    /// <summary>What runs may reach besides the public internet.</summary>
    public IReadOnlyList<OpenAddress> OpenAddresses { get; } =
        [.. (configuration.GetSection(OpenAddress.Setting).Get<string[]>() ?? []).Select(OpenAddress.Parse)];

    /// <summary>The connector's policy with what the operator opens, and with the operator's address, whose host then takes the place of the declared ones.</summary>
    /// <exception cref="PlatformException">The address is no http(s) address.</exception>
    public HttpPolicy Apply(ConnectorManifest manifest)
    {
        var policy = manifest.Http with { OpenAddresses = [.. manifest.Http.OpenAddresses, .. OpenAddresses] };
        var key = $"Connectors:{manifest.Id}:BaseAddress";
        if (configuration[key] is not { Length: > 0 } text)
        {
            return policy;
        }

        return Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? (policy with { BaseAddress = address, AllowedHosts = [] }).WithBaseAddressOpen()
            : throw new PlatformException(PlatformFault.Input, $"The setting {key} is no http or https address: \"{text}\".");
    }

    // A build leaves the host in artifacts/bin/connector-host/<configuration>/, a published host has its connectors beside it.
    private static string DefaultFolder()
    {
        var beside = Path.Combine(AppContext.BaseDirectory, "connectors");
        return Directory.Exists(beside) ? beside : Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "connectors"));
    }
}
