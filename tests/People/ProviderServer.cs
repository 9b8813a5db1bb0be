using System.Security.Claims;
using ConnectorPlatform.Host.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace ConnectorPlatform.Tests.People;

/// <summary>A real OpenID provider on loopback, at which whoever comes is signed in as the tests say.</summary>
internal sealed class ProviderServer : IAsyncDisposable
{
    public const string ClientId = "connector-platform";
    public const string ClientSecret = "a-secret-of-the-client";

    private readonly WebApplication _server;

    private ProviderServer(WebApplication server, string address) => (_server, Address) = (server, address);

    public string Address { get; }

    public (string Subject, string Email, string[] Groups) User { get; set; } = ("subject-1", "ada@example.com", ["data-admins"]);

    /// <summary>Whether the provider says no.</summary>
    public bool Denies { get; set; }

    public KeyValuePair<string, string?>[] Settings =>
    [
        new("SignIn:OpenIdConnect:Authority", Address),
        new("SignIn:OpenIdConnect:ClientId", ClientId),
        new("SignIn:OpenIdConnect:ClientSecret", ClientSecret),
        new("SignIn:OpenIdConnect:Roles:data-admins", "Administrator"),
        new("SignIn:OpenIdConnect:Roles:data-people", "Viewer"),
    ];

    public static async Task<ProviderServer> StartAsync()
    {
        var address = Server.FreeAddress();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address);
        builder.Services.AddOpenIddict().AddServer(Configure);
        builder.Services.AddAuthentication();
        var server = builder.Build();
        var provider = new ProviderServer(server, address);
        server.UseAuthentication();
        server.MapGet("/authorize", () => provider.Denies
            ? Results.Forbid(null, [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme])
            : Results.SignIn(provider.Principal(), null, OpenIddictServerAspNetCoreDefaults.AuthenticationScheme));
        await server.StartAsync(TestContext.Current.CancellationToken);
        return provider;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static void Configure(OpenIddictServerBuilder server)
    {
        server.SetAuthorizationEndpointUris("authorize").SetTokenEndpointUris("token").SetUserInfoEndpointUris("userinfo");
        server.AllowAuthorizationCodeFlow().RequireProofKeyForCodeExchange();
        server.RegisterScopes(Scopes.Profile, Scopes.Email);
        server.AddEphemeralEncryptionKey().AddEphemeralSigningKey();
        server.EnableDegradedMode();
        server.UseAspNetCore().EnableAuthorizationEndpointPassthrough().DisableTransportSecurityRequirement();
        server.AddEventHandler<ValidateAuthorizationRequestContext>(handler => handler.UseInlineHandler(context =>
        {
            if (context.ClientId != ClientId)
            {
                context.Reject(Errors.InvalidClient);
            }

            return default;
        }));
        server.AddEventHandler<ValidateTokenRequestContext>(handler => handler.UseInlineHandler(context =>
        {
            if (context.ClientId != ClientId || context.ClientSecret != ClientSecret)
            {
                context.Reject(Errors.InvalidClient);
            }

            return default;
        }));
        server.AddEventHandler<HandleTokenRequestContext>(handler => handler.UseInlineHandler(context =>
        {
            context.SignIn(context.Principal!);
            return default;
        }));
    }

    private ClaimsPrincipal Principal()
    {
        var identity = new ClaimsIdentity("provider", Claims.Email, Claims.Role);
        identity.SetClaim(Claims.Subject, User.Subject).SetClaim(Claims.Email, User.Email).SetClaims("groups", [.. User.Groups]);
        identity.SetDestinations(_ => [Destinations.IdentityToken, Destinations.AccessToken]);
        identity.SetScopes(Scopes.OpenId, Scopes.Profile, Scopes.Email);
        return new ClaimsPrincipal(identity);
    }
}
