using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ConnectorPlatform.Host.Runs.SignIn;

/// <summary>
/// Credentials that say where a value is instead of the value: <c>env:NAME</c> or <c>file:/path</c>, read anew for every operation. A user of the page could
/// read the host's environment and files that way, so that only what the operator allows is read: <c>Accounts:References</c>, a list of such references with
/// <c>*</c> for any characters but a slash. Nothing is allowed by default.
/// </summary>
internal sealed class CredentialReferences(IConfiguration configuration)
{
    private const string Setting = "Accounts:References";

    /// <summary>Secrets of Docker and Kubernetes are small.</summary>
    private const int LargestFile = 64 * 1024;

    /// <summary>The credentials with what their references point to, also those within groups and lists.</summary>
    /// <exception cref="PlatformException">A reference is not allowed, or points to nothing.</exception>
    public JsonElement Resolve(JsonElement credentials) =>
        credentials.ValueKind == JsonValueKind.Undefined ? credentials : JsonSerializer.SerializeToElement(Resolve(JsonSerializer.SerializeToNode(credentials)));

    private JsonNode? Resolve(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, Resolve(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Resolve)]),
        JsonValue value when value.TryGetValue<string>(out var text) && IsReference(text) => JsonValue.Create(Read(text)),
        _ => node?.DeepClone(),
    };

    private static bool IsReference(string text) => text.StartsWith("env:", StringComparison.Ordinal) || text.StartsWith("file:/", StringComparison.Ordinal);

    private string Read(string reference)
    {
        var place = reference[(reference.IndexOf(':', StringComparison.Ordinal) + 1)..];
        var isFile = reference.StartsWith("file:", StringComparison.Ordinal);
        if (!IsAllowed(reference) || (isFile && Path.GetFullPath(place) != place))
        {
            throw new PlatformException(
                PlatformFault.Input, $"The reference {reference} is not allowed on this host: the operator allows references by the setting {Setting}, such as {Setting}:0=\"{(isFile ? "file:/run/secrets/*" : "env:BITLY_*")}\".");
        }

        var value = isFile ? ReadFile(reference, place) : Environment.GetEnvironmentVariable(place);
        return value?.Trim() is { Length: > 0 } secret
            ? secret
            : throw new PlatformException(PlatformFault.Input, $"The reference {reference} points to nothing: {(isFile ? "the file is empty" : "the host's environment has no such variable")}.");
    }

    private static string ReadFile(string reference, string path)
    {
        try
        {
            return new FileInfo(path).Length <= LargestFile
                ? File.ReadAllText(path)
                : throw new PlatformException(PlatformFault.Input, $"The reference {reference} points to a file of more than {LargestFile} bytes, which is no secret.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PlatformException(PlatformFault.Input, $"The reference {reference} cannot be read: {exception.GetType().Name}.", exception);
        }
    }

    private bool IsAllowed(string reference) => (configuration.GetSection(Setting).Get<string[]>() ?? []).Any(pattern =>
        Regex.IsMatch(reference, $"^{Regex.Escape(pattern).Replace("\\*", "[^/]*", StringComparison.Ordinal)}\\z", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)));
}
