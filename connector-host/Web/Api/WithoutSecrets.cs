using System.Text.Json;
using System.Text.Json.Nodes;
using ConnectorPlatform.Host.Forms;

namespace ConnectorPlatform.Host.Web.Api;

/// <summary>Takes secrets out of what is answered, also to the one who sent them: an answer may be logged where a request is not.</summary>
internal static class WithoutSecrets
{
    public static JsonElement Of(Settled settled)
    {
        var secrets = settled.Fields.Where(field => field.Value.IsSecret).Select(field => field.Key).ToList();
        if (secrets.Count == 0 || settled.Data.ValueKind != JsonValueKind.Object)
        {
            return settled.Data;
        }

        var data = JsonObject.Create(settled.Data)!;
        foreach (var pointer in secrets)
        {
            Remove(data, pointer);
        }

        return JsonSerializer.SerializeToElement(data);
    }

    private static void Remove(JsonObject data, string pointer)
    {
        JsonNode? parent = data;
        var names = pointer.Split('/').Skip(1).Select(name => name.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)).ToList();
        foreach (var name in names.SkipLast(1))
        {
            parent = parent is JsonArray array && int.TryParse(name, out var index) && index < array.Count ? array[index] : (parent as JsonObject)?[name];
        }

        (parent as JsonObject)?.Remove(names[^1]);
    }
}
