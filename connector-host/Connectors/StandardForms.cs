using System.Text.Json;
using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Connectors;

/// <summary>The forms of a package that brings none.</summary>
internal static class StandardForms
{
    public static JsonElement NoDetails { get; } = WithoutFields("details");

    private static readonly JsonElement NoCredentials = WithoutFields("credentials");

    private static readonly JsonElement AccessToken = JsonElement.Parse("""
        {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "type": "object",
          "x-dialect": "connector-form/1",
          "x-pane": "credentials",
          "properties": {
            "access_token": { "type": "string", "title": "Access token", "minLength": 1, "writeOnly": true, "x-secret": true }
          },
          "required": ["access_token"]
        }
        """);

    public static JsonElement CredentialsFor(AuthenticationRule authentication) =>
        authentication.Type == "bearer" ? AccessToken : NoCredentials;

    private static JsonElement WithoutFields(string pane) => JsonElement.Parse($$"""
        {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "type": "object",
          "x-dialect": "connector-form/1",
          "x-pane": "{{pane}}",
          "properties": {}
        }
        """);
}
