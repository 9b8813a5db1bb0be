using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using OpenIddict.Validation.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace ConnectorPlatform.Tests.Accounts;

/// <summary>A real OAuth server with a consent page, in front of a source for <c>bitly</c>. It keeps nothing: its codes and tokens hold what they stand for.</summary>
internal sealed class ConsentServer : IAsyncDisposable
{
    private readonly WebApplication _server;

    private ConsentServer(WebApplication server) => _server = server;

    public Uri Address => new(_server.Urls.Single() + "/");

    /// <summary>The settings that lead the connector here.</summary>
    public IEnumerable<(string Name, string Value)> Settings =>
    [
        ("Connectors:bitly:BaseAddress", Address.ToString()),
        ("Connectors:bitly:OAuth:AuthorizationUrl", $"{Address}authorize"),
        ("Connectors:bitly:OAuth:TokenUrl", $"{Address}token"),
        ("Connectors:bitly:OAuth:ClientId", SignInSource.ClientId),
        ("Connectors:bitly:OAuth:ClientSecret", SignInSource.ClientSecret),
    ];

    public static async Task<ConsentServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddOpenIddict()
            .AddServer(Configure)
            .AddValidation(validation =>
            {
                validation.UseLocalServer();
                validation.UseAspNetCore();
            });
        builder.Services.AddAuthentication();
        var server = builder.Build();
        server.UseAuthentication();
        server.MapGet("/authorize", (HttpContext context) => context.Request.Query["user"] is [{ Length: > 0 } user]
            ? Results.SignIn(PrincipalOf(user), null, OpenIddictServerAspNetCoreDefaults.AuthenticationScheme)
            : Results.Content(ConsentPage(context.Request.Query), "text/html"));
        server.MapGet("/user", async (HttpContext context) =>
            await context.AuthenticateAsync(OpenIddictValidationAspNetCoreDefaults.AuthenticationScheme) is { Succeeded: true, Principal: { } principal }
                ? Results.Json(new { login = principal.FindFirstValue(Claims.Subject), name = principal.FindFirstValue(Claims.Subject) })
                : Results.StatusCode(StatusCodes.Status401Unauthorized));
        await server.StartAsync(TestContext.Current.CancellationToken);
        return new(server);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static void Configure(OpenIddictServerBuilder server)
    {
        server.SetAuthorizationEndpointUris("authorize").SetTokenEndpointUris("token");
        server.AllowAuthorizationCodeFlow().AllowRefreshTokenFlow().RequireProofKeyForCodeExchange();
        server.AddEphemeralEncryptionKey().AddEphemeralSigningKey();
        server.EnableDegradedMode();
        server.UseAspNetCore().EnableAuthorizationEndpointPassthrough().DisableTransportSecurityRequirement();
        server.AddEventHandler<ValidateAuthorizationRequestContext>(handler => handler.UseInlineHandler(context =>
        {
            if (context.ClientId != SignInSource.ClientId || context.RedirectUri?.EndsWith("/accounts/oauth/callback/bitly", StringComparison.Ordinal) != true)
            {
                context.Reject(Errors.InvalidClient);
            }

            return default;
        }));
        server.AddEventHandler<ValidateTokenRequestContext>(handler => handler.UseInlineHandler(context =>
        {
            if (context.ClientId != SignInSource.ClientId || context.ClientSecret != SignInSource.ClientSecret)
            {
                context.Reject(Errors.InvalidClient);
            }

            return default;
        }));
    }

    private static string ConsentPage(IQueryCollection asked)
    {
        var kept = asked.Select(field => $"<input type=\"hidden\" name=\"{WebUtility.HtmlEncode(field.Key)}\" value=\"{WebUtility.HtmlEncode(field.Value)}\">");
        return $"<!DOCTYPE html><title>Consent</title><form action=\"/authorize\">{string.Concat(kept)}<label>User <input name=\"user\"></label><button>Allow</button></form>";
    }

    private static ClaimsPrincipal PrincipalOf(string user)
    {
        var identity = new ClaimsIdentity("consent", Claims.Subject, Claims.Role);
        identity.SetClaim(Claims.Subject, user);
        identity.SetDestinations(_ => [Destinations.AccessToken]);
        identity.SetScopes(Scopes.OfflineAccess);
        return new ClaimsPrincipal(identity);
    }
}
