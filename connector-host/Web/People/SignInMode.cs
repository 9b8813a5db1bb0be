namespace ConnectorPlatform.Host.Web.People;

/// <summary>The operator's setting <c>Web:SignIn</c>.</summary>
internal enum SignInMode
{
    /// <summary>Who uses the pages or the API says who they are.</summary>
    Required,

    /// <summary>Everybody at this machine may do everything: for one person's own machine.</summary>
    Off,
}

/// <summary>Reads the setting.</summary>
internal static class SignInModes
{
    public const string Setting = "Web:SignIn";

    /// <exception cref="PlatformException">It is set to something else.</exception>
    public static SignInMode ReadSignInMode(this IConfiguration configuration)
    {
        var text = configuration[Setting] ?? nameof(SignInMode.Required);
        return Enum.GetNames<SignInMode>().FirstOrDefault(name => string.Equals(name, text, StringComparison.OrdinalIgnoreCase)) is { } name
            ? Enum.Parse<SignInMode>(name)
            : throw new PlatformException(PlatformFault.Input, $"The setting {Setting} is \"{text}\"; it is {string.Join(" or ", Enum.GetNames<SignInMode>())}.");
    }
}
