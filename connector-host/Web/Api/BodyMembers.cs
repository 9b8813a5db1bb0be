using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using ConnectorPlatform.Host.Forms;

namespace ConnectorPlatform.Host.Web.Api;

/// <summary>Compares the members of a body with those that are known; the serializer itself would tell only the first that is wrong.</summary>
internal static partial class BodyMembers
{
    public static IReadOnlyList<FormError> Check(JsonElement body, Type type)
    {
        var errors = new List<FormError>();
        Check(body, ApiJson.Options.GetTypeInfo(type), "", errors);
        return errors;
    }

    /// <summary>The serializer's path, such as <c>$.rules.key[0]</c>, as a JSON pointer.</summary>
    public static string Pointer(string path) =>
        string.Concat(Step().Matches(path).Select(step => $"/{Escape(step.Groups.Values.Skip(1).First(group => group.Success).Value)}"));

    private static void Check(JsonElement value, JsonTypeInfo type, string path, List<FormError> errors)
    {
        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object when value.ValueKind == JsonValueKind.Object:
                CheckObject(value, type, path, errors);
                break;
            case JsonTypeInfoKind.Object when value.ValueKind != JsonValueKind.Null:
                errors.Add(new FormError(path, "type", $"{(path.Length == 0 ? "The body" : $"The value of {JsonPointer.LastName(path)}")} must be a JSON object."));
                break;
            case JsonTypeInfoKind.Enumerable when value.ValueKind == JsonValueKind.Array && type.ElementType is { } element:
                foreach (var (index, item) in value.EnumerateArray().Index())
                {
                    Check(item, ApiJson.Options.GetTypeInfo(element), $"{path}/{index}", errors);
                }

                break;
        }
    }

    private static void CheckObject(JsonElement value, JsonTypeInfo type, string path, List<FormError> errors)
    {
        var known = type.Properties.Where(property => property.Set is not null || property.AssociatedParameter is not null).ToDictionary(property => property.Name);
        foreach (var member in value.EnumerateObject())
        {
            var pointer = $"{path}/{Escape(member.Name)}";
            if (known.Remove(member.Name, out var property))
            {
                Check(member.Value, ApiJson.Options.GetTypeInfo(property.PropertyType), pointer, errors);
            }
            else
            {
                errors.Add(new FormError(pointer, "unknown", $"There is no member named {member.Name} here: remove it or correct its name."));
            }
        }

        errors.AddRange(known.Values.Where(property => property.IsRequired)
            .Select(property => new FormError($"{path}/{property.Name}", "required", $"{property.Name} is missing.")));
    }

    private static string Escape(string name) => name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    [GeneratedRegex(@"\.([^.\[]+)|\[(\d+)\]|\['([^']*)'\]")]
    private static partial Regex Step();
}
