using System.Security.Claims;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.Web.Site;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;

namespace ConnectorPlatform.Host.Web.People;

/// <summary>Signing in at an OpenID provider: the authorization code flow with PKCE, of which this host keeps nothing but who it was.</summary>
internal static class ProviderPages
{
    public const string Path = "/sign-in/provider";

    private const string Scheme = OpenIdConnectDefaults.AuthenticationScheme;
    private const string Unused = "unused";

    public static void AddProvider(this IServiceCollection services, OpenIdConnectSettings settings)
    {
        // The handler wants a scheme to sign in with; the session is this host's own, so that it is never used.
        services.AddAuthentication().AddCookie(Unused).AddOpenIdConnect(Scheme, options =>
        {
            options.SignInScheme = Unused;
            options.Authority = settings.Authority;
            options.ClientId = settings.ClientId;
            options.ClientSecret = settings.ClientSecret;
            options.RequireHttpsMetadata = !new Uri(settings.Authority!).IsLoopback;
            options.ResponseType = "code";
            options.ResponseMode = "query";
            options.MapInboundClaims = false;
            options.GetClaimsFromUserInfoEndpoint = true;
            options.SaveTokens = false;
            options.CallbackPath = "/sign-in/provider/back";
            foreach (var scope in $"email {settings.Scopes}".Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                options.Scope.Add(scope);
            }

            foreach (var claim in settings.NameClaims.Split(' ', StringSplitOptions.RemoveEmptyEntries).Append(settings.GroupsClaim))
            {
                options.ClaimActions.MapJsonKey(claim, claim);
            }

            // The provider leads back by a link, which Lax cookies go with; without TLS, as on loopback, browsers take no other.
            foreach (var cookie in new[] { options.CorrelationCookie, options.NonceCookie })
            {
                (cookie.SameSite, cookie.SecurePolicy) = (SameSiteMode.Lax, CookieSecurePolicy.SameAsRequest);
            }

            options.Events.OnTicketReceived = EnterAsync;
            options.Events.OnRemoteFailure = FailAsync;
        });
    }

    public static void Map(IEndpointRouteBuilder server) => server.MapGet(Path, (HttpContext context) =>
    {
        var next = context.Request.Query["return"].ToString();
        return Results.Challenge(new AuthenticationProperties { RedirectUri = SiteRenderer.IsLocal(next) ? next : "/" }, [Scheme]);
    }).IsForEverybody();

    private static async Task EnterAsync(TicketReceivedContext received)
    {
        received.HandleResponse();
        var (context, principal) = (received.HttpContext, received.Principal!);
        var parts = context.RequestServices;
        var settings = parts.GetRequiredService<OpenIdConnectSettings>();
        try
        {
            var subject = principal.FindFirstValue("sub") ?? throw new PlatformException(PlatformFault.Input, "The provider does not say who you are.");
            var issuer = principal.FindFirstValue("iss") ?? settings.Authority!;
            var name = settings.NameClaims.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(principal.FindFirstValue).FirstOrDefault(found => !string.IsNullOrWhiteSpace(found)) ?? subject;
            var person = parts.GetRequiredService<ProviderSignIn>().Enter(issuer, subject, name.Trim(), principal.FindAll(settings.GroupsClaim).Select(claim => claim.Value));
            parts.GetRequiredService<SessionCookie>().Open(context, person);
            context.Response.Redirect(received.ReturnUri ?? "/");
        }
        catch (PlatformException exception) when (exception.Fault == PlatformFault.Input)
        {
            await RefuseAsync(context, exception.Message).ConfigureAwait(false);
        }
    }

    // The provider's own words may hold anything, also what must not be seen.
    private static Task FailAsync(RemoteFailureContext failure)
    {
        failure.HandleResponse();
        return RefuseAsync(failure.HttpContext, "The provider did not sign you in, or the way back took too long. Begin again at the sign-in page.");
    }

    private static Task RefuseAsync(HttpContext context, string why) =>
        context.RequestServices.GetRequiredService<Failures>().Answer(context, new(StatusCodes.Status403Forbidden, "Not signed in", why, [])).ExecuteAsync(context);
}
