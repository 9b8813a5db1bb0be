using System.Text.Json;
using System.Text.RegularExpressions;
using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Connectors;

/// <summary>Checks that the authentication in the manifest uses credentials that the credentials form asks for.</summary>
internal static partial class AuthenticationCheck
{
    private static readonly string[] Branches = ["then", "else"];

    public static IEnumerable<PackageProblem> Check(AuthenticationRule authentication, JsonElement credentialsForm)
    {
        var fields = Fields(credentialsForm).ToHashSet(StringComparer.Ordinal);
        if (authentication.Type == "bearer" && !fields.Contains("access_token"))
        {
            yield return new(ManifestReader.File, "/http/authentication/type",
                "Bearer needs a field \"access_token\" in credentials.json; leave that file out for the standard form.");
        }

        if (authentication.Type != "header")
        {
            yield break;
        }

        var used = TemplateFields().Matches(authentication.Value!).Select(match => match.Groups[1].Value).ToList();
        foreach (var unknown in used.Where(field => !fields.Contains(field)).Distinct())
        {
            yield return new(ManifestReader.File, "/http/authentication/value",
                $"Uses \"{unknown}\", which credentials.json does not declare{(fields.Count > 0 ? $" (it declares {string.Join(", ", fields.Order())})" : "")}.");
        }

        if (used.Count == 0 && !fields.Any(field => authentication.Value!.Contains(field, StringComparison.Ordinal)))
        {
            yield return new(ManifestReader.File, "/http/authentication/value", "Uses no credential: a token in the manifest would be the same for everyone.");
        }
    }

    private static IEnumerable<string> Fields(JsonElement form)
    {
        if (form.ValueKind != JsonValueKind.Object)
        {
            yield break;
        }

        foreach (var member in form.EnumerateObject())
        {
            IEnumerable<string> found = member.Name switch
            {
                "properties" when member.Value.ValueKind == JsonValueKind.Object => member.Value.EnumerateObject().Select(field => field.Name),
                "definitions" when member.Value.ValueKind == JsonValueKind.Object => member.Value.EnumerateObject().SelectMany(schema => Fields(schema.Value)),
                "allOf" when member.Value.ValueKind == JsonValueKind.Array => member.Value.EnumerateArray().SelectMany(Fields),
                // The token of a sign-in is no form data; the host keeps it under this name.
                "x-oauth2" => ["access_token"],
                _ when Branches.Contains(member.Name) => Fields(member.Value),
                _ => [],
            };
            foreach (var field in found)
            {
                yield return field;
            }
        }
    }

    // Only an expression that begins with a plain name; what else a template does is known when it is rendered.
    [GeneratedRegex(@"\{\{-?~?\s*(?:credentials\.)?([A-Za-z_][A-Za-z0-9_]*)\s*(?:\||[-~]?\}\})")]
    private static partial Regex TemplateFields();
}
