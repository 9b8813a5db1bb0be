using ConnectorPlatform.Host.People.Storage;

namespace ConnectorPlatform.Host.People;

/// <summary>Puts the parts of this folder together.</summary>
internal static class PeopleParts
{
    public static void AddPeople(this IServiceCollection services)
    {
        services.AddSingleton(provider => provider.GetRequiredService<IConfiguration>().Read<SignInOptions>("SignIn"));
        services.AddSingleton<PersonStore>();
        services.AddSingleton<SessionStore>();
        services.AddSingleton<OneTimeLinkStore>();
        services.AddSingleton<SignInAttempts>();
        services.AddSingleton<ApiTokenStore>();
        services.AddSingleton<Passwords>();
        services.AddSingleton<SignIn>();
        services.AddSingleton<PeopleSetup>();
        services.AddSingleton<ProviderSignIn>();
        services.AddSingleton<ShareStore>();
        services.AddSingleton<GroupStore>();
        services.AddSingleton<Access>();
    }
}
