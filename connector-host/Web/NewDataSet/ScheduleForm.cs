using System.Text.Json;
using System.Text.Json.Nodes;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Web.Forms;

namespace ConnectorPlatform.Host.Web.NewDataSet;

/// <summary>The part of the scheduling form that says when, for the schedules of a DataSet that has several.</summary>
internal static class ScheduleForm
{
    private const string Group = "when";

    public static Form Form { get; } = Form.Parse(JsonElement.Parse(PartOf(JsonNode.Parse(SchedulingForm.Form.Schema.GetRawText())!.AsObject()).ToJsonString()));

    public static FormScene Scene(string refreshPath) => new() { Form = Form, RefreshPath = refreshPath };

    private static JsonObject PartOf(JsonObject schema)
    {
        Keep(schema["properties"]!.AsObject());
        var properties = schema["properties"]!.AsObject();
        schema["required"] = new JsonArray([.. schema["required"]!.AsArray().Where(name => properties.ContainsKey(name!.GetValue<string>())).Select(name => name!.DeepClone())]);
        schema["x-groups"] = new JsonArray([.. schema["x-groups"]!.AsArray().Where(group => group!["id"]!.GetValue<string>() == Group).Select(group => group!.DeepClone())]);

        // A schedule that never fires is none: it is removed instead.
        var choices = properties["frequency"]!["oneOf"]!.AsArray();
        choices.Remove(choices.First(choice => choice!["const"]!.GetValue<string>() == "manually"));
        var branches = schema["allOf"]!.AsArray().Select(branch => branch!.DeepClone()).ToList();
        branches.ForEach(branch => Keep(branch["then"]!["properties"]!.AsObject()));
        schema["allOf"] = new JsonArray([.. branches.Where(branch => branch["then"]!["properties"]!.AsObject().Count > 0)]);
        return schema;
    }

    private static void Keep(JsonObject properties)
    {
        foreach (var name in properties.Where(property => property.Value!["x-group"]!.GetValue<string>() != Group).Select(property => property.Key).ToList())
        {
            properties.Remove(name);
        }
    }
}
