using System.Text.Json;
using System.Text.Json.Nodes;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Connectors;

public sealed class PackageReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_bearer_package_without_forms_asks_for_an_access_token_and_has_no_details()
    {
        var package = Hello().Read();

        var token = package.CredentialsForm.GetProperty("properties").GetProperty("access_token");
        Assert.True(token.GetProperty("x-secret").GetBoolean() && token.GetProperty("writeOnly").GetBoolean());
        Assert.Equal("access_token", Assert.Single(package.CredentialsForm.GetProperty("required").EnumerateArray()).GetString());
        Assert.Empty(package.DetailsForm.GetProperty("properties").EnumerateObject());
        Assert.Equal(("credentials", "details"), (Pane(package.CredentialsForm), Pane(package.DetailsForm)));
    }

    [Fact]
    public void A_package_without_authentication_and_forms_asks_for_nothing()
    {
        var package = Hello().EditManifest(manifest => manifest["http"]!["authentication"] = JsonNode.Parse("""{ "type": "none" }""")).Read();

        Assert.Empty(package.CredentialsForm.GetProperty("properties").EnumerateObject());
    }

    [Fact]
    public void A_form_of_the_package_is_read_as_it_stands()
    {
        var package = Hello().Write("details.json", """{ "type": "object", "title": "Mine" }""").Read();

        Assert.Equal("Mine", package.DetailsForm.GetProperty("title").GetString());
    }

    [Theory]
    [InlineData("""{ "type": "bearer" }""", """{ "properties": { "token": {} } }""", "/http/authentication/type")]
    [InlineData("""{ "type": "bearer" }""", """{ "properties": { "access_token": {} } }""", null)]
    [InlineData("""{ "type": "bearer" }""", """{ "allOf": [{ "if": {}, "then": { "properties": { "access_token": {} } } }] }""", null)]
    [InlineData("""{ "type": "bearer" }""", """{ "allOf": [{ "if": { "properties": { "access_token": {} } }, "then": {} }] }""", "/http/authentication/type")]
    [InlineData("""{ "type": "bearer" }""", """{ "x-oauth2": {} }""", null)]
    [InlineData("""{ "type": "header", "header": "X-Key", "value": "{{ api_kye }}" }""", """{ "properties": { "api_key": {} } }""", "/http/authentication/value")]
    [InlineData("""{ "type": "header", "header": "X-Key", "value": "key {{ credentials.api_key | string.strip }}" }""", """{ "properties": { "api_key": {} } }""", null)]
    [InlineData("""{ "type": "header", "header": "X-Key", "value": "{{ 'Basic ' + (user + ':' + secret) }}" }""", """{ "properties": { "user": {}, "secret": {} } }""", null)]
    [InlineData("""{ "type": "header", "header": "X-Key", "value": "fixed" }""", """{ "properties": { "api_key": {} } }""", "/http/authentication/value")]
    [InlineData("""{ "type": "header", "header": "X-Key", "value": "{{ api_key }}" }""", null, "/http/authentication/value")]
    public void Authentication_uses_fields_that_the_credentials_form_declares(string authentication, string? form, string? problemAt)
    {
        var hello = Hello().EditManifest(manifest => manifest["http"]!["authentication"] = JsonNode.Parse(authentication));
        if (form is not null)
        {
            hello.Write("credentials.json", form);
        }

        Assert.Equal(problemAt is null ? [] : [problemAt], hello.Problems().Select(problem => problem.Pointer));
    }

    [Fact]
    public void A_contract_that_the_host_cannot_serve_is_named_in_words()
    {
        Assert.Equal("Built for contract 2, this host has 1: update the host.", Objection("2.0"));
        Assert.Equal("Built for contract 1.7, this host has 1.0: update the host.", Objection("1.7"));
        Assert.Equal("Built for contract 0, this host has 1: build the connector anew with the current contract.", Objection("0.9"));

        string Objection(string contract) =>
            Assert.Single(Hello().EditManifest(manifest => manifest["contract"] = contract).Problems()).Message;
    }

    [Fact]
    public void The_icon_is_a_file_inside_the_package()
    {
        File.WriteAllText(_folder.File("outside.svg"), "<svg/>");
        var hello = Hello().EditManifest(manifest => manifest["icon"] = "icon.svg");

        Assert.Equal("The package has no file icon.svg.", Assert.Single(hello.Problems()).Message);
        File.CreateSymbolicLink(hello.PathOf("icon.svg"), _folder.File("outside.svg"));
        Assert.Equal("icon.svg is a link to a file outside of the package.", Assert.Single(hello.Problems()).Message);
        hello.Delete("icon.svg").Write("icon.svg", "<svg/>");
        Assert.Empty(hello.Problems());
        hello.EditManifest(manifest => manifest["icon"] = "../outside.svg");
        Assert.Equal("/icon", Assert.Single(hello.Problems()).Pointer);
    }

    private PackageCopy Hello() => new("hello", _folder.File(Guid.NewGuid().ToString("N")));

    private static string? Pane(JsonElement form) => form.GetProperty("x-pane").GetString();
}
