using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.People;

/// <summary>Puts the parts of signing in together, in the order in which a request passes them.</summary>
internal static class PeopleComposition
{
    public static IServiceCollection AddSignIn(this IServiceCollection services, SignInMode mode)
    {
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<CallerRecognition>(provider, mode));
        services.AddSingleton<Admission>();
        services.AddSingleton<ForgeryCheck>();
        services.AddSingleton<SessionCookie>();
        services.AddSingleton<SignInPages>();
        services.AddSingleton<WelcomePages>();
        services.AddSingleton<ProfilePages>();
        services.AddSingleton<PeoplePages>();
        return services;
    }

    /// <summary>Who it is, where it goes, whether they may, and whether they mean it.</summary>
    public static void UseSignIn(this WebApplication server)
    {
        server.Use(server.Services.GetRequiredService<CallerRecognition>().HandleAsync);
        server.UseRouting();
        server.Use(server.Services.GetRequiredService<Admission>().HandleAsync);
        server.Use(server.Services.GetRequiredService<ForgeryCheck>().HandleAsync);
    }

    public static void MapPeople(IEndpointRouteBuilder server)
    {
        SignInPages.Map(server);
        WelcomePages.Map(server);
        ProfilePages.Map(server.Area(Permission.Read, Permission.Read));
        PeoplePages.Map(server.Area(Permission.Administer, Permission.Administer));
    }
}
