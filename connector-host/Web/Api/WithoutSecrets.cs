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
            JsonPointer.OwnerOf(data, pointer)?.Remove(JsonPointer.LastName(pointer));
        }

        return JsonSerializer.SerializeToElement(data);
    }
}
