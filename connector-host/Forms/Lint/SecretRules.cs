using System.Text.Json;
using System.Text.RegularExpressions;

namespace ConnectorPlatform.Host.Forms.Lint;

/// <summary>
/// L10: secrets are declared so that they are kept as secrets, and what is named like a secret is one. Only credentials hold them: details stand
/// with each run, in the change history and in the API's answers, to be read.
/// </summary>
internal static partial class SecretRules
{
    public static IEnumerable<FormProblem> Check(Scope scope, JsonElement root) =>
        scope.Sites.Values.SelectMany(sites => sites).SelectMany(site => Check(site, root.Text("x-pane") == "details"));

    private static IEnumerable<FormProblem> Check(Site site, bool isOfDetails)
    {
        var schema = site.Field.Schema;
        if (!site.Field.IsSecret)
        {
            if (site.Field.Type == FieldType.String && site.Field.Choices is null && SecretName().IsMatch(site.Field.Name))
            {
                yield return Problem(site.Pointer, isOfDetails
                    ? $"{site.Field.Name} is named like a secret, and details hold none: move it to the credentials, or give it another name."
                    : $"{site.Field.Name} is named like a secret: add \"x-secret\": true and \"writeOnly\": true, or give it another name.");
            }

            yield break;
        }

        if (isOfDetails)
        {
            yield return Problem(site.Pointer, $"Details hold no secrets, as they are shown with each run: move {site.Field.Name} to the credentials.");
        }

        if (!schema.IsTrue("writeOnly"))
        {
            yield return Problem(site.Pointer, "A secret also has \"writeOnly\": true, so that other tools hide it too.");
        }

        if (site.Field.Type != FieldType.String)
        {
            yield return Problem(site.Pointer, "A secret is of type string.");
        }

        foreach (var keyword in (string[])["default", "examples", "enum", "oneOf", "x-options"])
        {
            if (schema.Has(keyword))
            {
                yield return Problem(JsonPointer.Append(site.Pointer, keyword), $"A secret has no {keyword}: remove it.");
            }
        }
    }

    private static FormProblem Problem(string pointer, string message) => new("L10", pointer, message);

    // api_key, apiKey, access_token, client_secret, password2; not token_url, key_columns, monkey.
    [GeneratedRegex("(?i:^|[_-])(?i:api|private|secret|access)?[Kk](?i:eys?)$|[a-z0-9]Keys?$|(?i:token|secret|password|passwd|passphrase)s?[0-9]*$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex SecretName();
}
