using System.Text.Json;

namespace ConnectorPlatform.Host.Forms.Lint;

/// <summary>L11: live menus are well-formed and depend on fields that are there.</summary>
internal static class MenuRules
{
    private static readonly string[] FixedMenus = ["enum", "oneOf"];

    public static IEnumerable<FormProblem> Check(Scope scope) =>
        scope.Sites.Values.SelectMany(sites => sites)
            .Where(site => site.Field.Schema.Has("x-options"))
            .SelectMany(site => Check(site, site.Field.Schema.Member("x-options")!.Value, scope));

    private static IEnumerable<FormProblem> Check(Site site, JsonElement options, Scope scope)
    {
        var at = JsonPointer.Append(site.Pointer, "x-options");
        if (options.ValueKind != JsonValueKind.Object || options.Text("source") is not { Length: > 0 })
        {
            return [new("L11", at, "x-options names the menu: {\"source\": \"…\"}.")];
        }

        return
        [
            .. options.EnumerateObject().Where(member => !IsWellFormed(member)).Select(member => new FormProblem(
                "L11", JsonPointer.Append(at, member.Name), $"{member.Name} is not as in {{source, dependsOn: [names], allowCustom: true|false, search: true|false, cacheSeconds: whole number}}.")),
            .. FixedMenus.Where(keyword => site.Field.Schema.Has(keyword)).Select(keyword => new FormProblem(
                "L11", JsonPointer.Append(site.Pointer, keyword), $"A live menu excludes {keyword}: keep one of them.")),
            .. options.Texts("dependsOn").Where(name => !IsInScope(name, site, scope)).Select(name => new FormProblem(
                "L11", JsonPointer.Append(at, "dependsOn"), $"{name} is not declared where this field applies: correct the name, or move the field.")),
        ];
    }

    private static bool IsInScope(string name, Site site, Scope scope) =>
        name != site.Field.Name && scope.Sites.GetValueOrDefault(name, []).Any(other => other.Path.Encloses(site.Path));

    private static bool IsWellFormed(JsonProperty member) => member.Name switch
    {
        "source" => true,
        "dependsOn" => member.Value.ValueKind == JsonValueKind.Array && member.Value.EnumerateArray().All(name => name.ValueKind == JsonValueKind.String),
        "allowCustom" or "search" => member.Value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "cacheSeconds" => member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetInt32(out var seconds) && seconds >= 0,
        _ => false,
    };
}
