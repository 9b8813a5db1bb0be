using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.People;

/// <summary>Puts the parts of signing in together, in the order in which a request passes them.</summary>
internal static class PeopleComposition
{
    public static IServiceCollection AddSignIn(this IServiceCollection services, SignInMode mode, OpenIdConnectSettings provider)
    {
        services.AddSingleton(provider);
        if (provider.IsSet)
        {
            services.AddProvider(provider);
        }

        services.AddSingleton(parts => ActivatorUtilities.CreateInstance<CallerRecognition>(parts, mode));
        services.AddSingleton<Admission>();
        services.AddSingleton<ObjectAccess>();
        services.AddSingleton<ForgeryCheck>();
        services.AddSingleton<SessionCookie>();
        services.AddSingleton<SessionPages>();
        services.AddSingleton<WelcomePages>();
        services.AddSingleton<OwnTokens>();
        services.AddSingleton<ProfilePages>();
        services.AddSingleton<PeoplePages>();
        services.AddSingleton<GroupPages>();
        services.AddSingleton<SharingPages>();
        return services;
    }

    /// <summary>Who it is, where it goes, whether they may, and whether they mean it.</summary>
    public static void UseSignIn(this WebApplication server)
    {
        if (server.Services.GetRequiredService<OpenIdConnectSettings>().IsSet)
        {
            server.UseAuthentication();
        }

        server.Use(server.Services.GetRequiredService<CallerRecognition>().HandleAsync);
        server.UseRouting();
        server.Use(server.Services.GetRequiredService<Admission>().HandleAsync);
        server.Use(server.Services.GetRequiredService<ObjectAccess>().HandleAsync);
        server.Use(server.Services.GetRequiredService<ForgeryCheck>().HandleAsync);
    }

    public static void MapPeople(IEndpointRouteBuilder server)
    {
        SessionPages.Map(server);
        WelcomePages.Map(server);
        ProfilePages.Map(server.Area(Permission.Read, Permission.Read));
        PeoplePages.Map(server.Area(Permission.Administer, Permission.Administer));
        GroupPages.Map(server.Area(Permission.Administer, Permission.Administer));
        SharingPages.Map(server.Area(Permission.Write, Permission.Write));
        if (server.ServiceProvider.GetRequiredService<OpenIdConnectSettings>().IsSet)
        {
            ProviderPages.Map(server);
        }
    }
}
