using Newtonsoft.Json.Linq;
using Newtonsoft.Json.Schema;

namespace ConnectorPlatform.Host.Forms.Validation;

/// <summary>
/// Length in Unicode code points, as JSON Schema counts; the library counts grapheme clusters, so <see cref="LibrarySchema"/> hides its keywords behind a
/// prefix. The message of an error is the keyword.
/// </summary>
internal sealed class CodePointLength : JsonValidator
{
    public const string Prefix = "x-code-points-";

    public static int? LimitIn(JSchema schema, string keyword) =>
        schema.ExtensionData.TryGetValue(Prefix + keyword, out var limit) && limit.Type == JTokenType.Integer ? (int?)limit : null;

    public override bool CanValidate(JSchema schema) => LimitIn(schema, "minLength") is not null || LimitIn(schema, "maxLength") is not null;

    public override void Validate(JToken value, JsonValidatorContext context)
    {
        if (value.Type != JTokenType.String)
        {
            return;
        }

        var length = ((string)value!).EnumerateRunes().Count();
        foreach (var (keyword, isMet) in new[]
        {
            ("minLength", !(length < LimitIn(context.Schema, "minLength"))),
            ("maxLength", !(length > LimitIn(context.Schema, "maxLength"))),
        })
        {
            if (!isMet)
            {
                context.RaiseError(keyword, value);
            }
        }
    }
}
