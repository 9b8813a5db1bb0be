using System.Runtime.CompilerServices;

namespace ConnectorPlatform.Tests.Support;

/// <summary>
/// Servers of the tests, and the programs that they start, are those of one person's own machine. What signing in changes is asked by the tests of <c>People</c>,
/// whose servers are told so.
/// </summary>
internal static class WithoutSignIn
{
    [ModuleInitializer]
    public static void SetForAll() => Environment.SetEnvironmentVariable("Web__SignIn", "Off");
}
