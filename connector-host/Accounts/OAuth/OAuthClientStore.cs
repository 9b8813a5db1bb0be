using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.Accounts.OAuth;

/// <summary>Where a client was registered with this host.</summary>
internal enum ClientOrigin
{
    None,

    /// <summary>On the page, by the API or by the command line.</summary>
    Store,

    /// <summary><c>Connectors:ID:OAuth:ClientId</c> and <c>ClientSecret</c>; they go before what is stored.</summary>
    Configuration,
}

/// <summary>What may be told of a connector's client; the secret may not.</summary>
internal sealed record OAuthClientState(string Connector, string? ClientId, bool HasSecret, ClientOrigin Origin);

/// <summary>The clients that the operator has registered at sources, one a connector; their secrets are stored encrypted.</summary>
internal sealed class OAuthClientStore(MetadataDatabase database, DataFolder folder, IConfiguration configuration, TimeProvider time)
{
    private readonly SecretBox _secrets = new(folder, "oauth-client-secrets");

    /// <summary>The connector's client; null when the operator has registered none.</summary>
    /// <exception cref="PlatformException">The keys of the data folder do not open the secret.</exception>
    public OAuthClient? Find(string connector)
    {
        if (Configured(connector) is { } configured)
        {
            return configured;
        }

        return Stored(connector) is { } stored
            ? new OAuthClient(stored.ClientId, stored.ClientSecret is { } secret ? _secrets.Reveal(secret, $"The client secret of the connector {connector}", "set it again") : null)
            : null;
    }

    public OAuthClientState StateOf(string connector) =>
        Configured(connector) is { } configured ? new(connector, configured.Id, configured.Secret is not null, ClientOrigin.Configuration)
        : Stored(connector) is { } stored ? new(connector, stored.ClientId, stored.ClientSecret is not null, ClientOrigin.Store)
        : new(connector, null, false, ClientOrigin.None);

    /// <param name="connector">The connector's id.</param>
    /// <param name="clientId">As the source gave it.</param>
    /// <param name="secret">Null keeps the one that is stored.</param>
    /// <exception cref="PlatformException">The id is empty, or the configuration sets the client.</exception>
    public void Put(string connector, string clientId, string? secret)
    {
        RefuseConfigured(connector);
        if (clientId.Trim() is not { Length: > 0 and <= 500 } id || id.Any(char.IsControl))
        {
            throw new PlatformException(PlatformFault.Input, "Enter the client id that the source gave for this host: one line of at most 500 characters.");
        }

        database.Execute(
            """
            INSERT INTO oauth_clients (connector, client_id, client_secret, updated_at) VALUES (@connector, @id, @secret, @now)
            ON CONFLICT (connector) DO UPDATE SET client_id = @id, client_secret = COALESCE(@secret, client_secret), updated_at = @now
            """,
            new { connector, id, secret = string.IsNullOrWhiteSpace(secret) ? null : _secrets.Protect(secret.Trim()), now = time.GetUtcNow() });
    }

    /// <exception cref="PlatformException">The configuration sets the client.</exception>
    public void Remove(string connector)
    {
        RefuseConfigured(connector);
        database.Execute("DELETE FROM oauth_clients WHERE connector = @connector", new { connector });
    }

    private OAuthClient? Configured(string connector)
    {
        var section = configuration.GetSection($"Connectors:{connector}:OAuth");
        return section["ClientId"] is { Length: > 0 } id ? new OAuthClient(id, section["ClientSecret"] is { Length: > 0 } secret ? secret : null) : null;
    }

    private StoredClient? Stored(string connector) =>
        database.Find<StoredClient>("SELECT client_id, client_secret FROM oauth_clients WHERE connector = @connector", new { connector });

    private void RefuseConfigured(string connector)
    {
        if (Configured(connector) is not null)
        {
            throw new PlatformException(
                PlatformFault.Input, $"The configuration sets the client of {connector} (Connectors:{connector}:OAuth:ClientId); change it there.");
        }
    }

    private sealed record StoredClient
    {
        public required string ClientId { get; init; }

        public string? ClientSecret { get; init; }
    }
}
