using System.Text.Json;

namespace ConnectorPlatform.Host.Forms.Validation;

/// <summary>Puts violations into the user's words: the field's title, never its value.</summary>
internal static class FormErrorText
{
    // A longer menu is on the page to be read; listing it would bury the message.
    private const int MaxListedChoices = 20;

    public static FormError Of(Violation violation, Settled settled)
    {
        var field = settled.Fields.GetValueOrDefault(violation.Pointer);
        var text = violation.Text ?? field?.Schema.Member("x-messages")?.Text(violation.Keyword);
        return new(violation.Pointer, violation.Keyword, text ?? $"{Title(violation.Pointer, settled)} {Predicate(violation, field)}.");
    }

    private static string Title(string pointer, Settled settled)
    {
        if (pointer.Length == 0)
        {
            return "The form";
        }

        if (settled.Fields.TryGetValue(pointer, out var field))
        {
            return field.Title;
        }

        return settled.Fields.TryGetValue(JsonPointer.Parent(pointer), out var list) && int.TryParse(JsonPointer.LastName(pointer), out var index)
            ? $"Entry {index + 1} of {list.Title}"
            : JsonPointer.LastName(pointer);
    }

    private static string Predicate(Violation violation, Field? field) => violation.Keyword switch
    {
        "required" => "is required",
        "type" => TypePredicate(violation.Limit),
        "minimum" => $"must be at least {violation.Limit}",
        "exclusiveMinimum" => $"must be more than {violation.Limit}",
        "maximum" => $"must be at most {violation.Limit}",
        "exclusiveMaximum" => $"must be less than {violation.Limit}",
        "multipleOf" => $"must be a multiple of {violation.Limit}",
        "minLength" => violation.Limit is { } one && one.ToString() == "1" ? "must not be empty" : $"must have at least {Counted(violation.Limit, "character", "characters")}",
        "maxLength" => $"must have at most {Counted(violation.Limit, "character", "characters")}",
        "minItems" => $"must have at least {Counted(violation.Limit, "entry", "entries")}",
        "maxItems" => $"must have at most {Counted(violation.Limit, "entry", "entries")}",
        "uniqueItems" => "must not have the same entry twice",
        "enum" => EnumPredicate(violation.Limit, field),
        "const" when violation.Limit is { } value => $"must be {field?.TitleOf(value) ?? value.ToString()}",
        "not" when violation.Limit is { } value => $"must not be {field?.TitleOf(value) ?? value.ToString()}",
        "format" => $"must be {FormatName(violation.Limit?.ToString())}",
        "pattern" => "does not have the expected form",
        _ => "is not as the form asks for it",
    };

    private static string Counted(JsonElement? limit, string one, string many) => $"{limit} {(limit?.ToString() == "1" ? one : many)}";

    private static string TypePredicate(JsonElement? type) => type?.ToString() switch
    {
        "integer" => "must be a whole number",
        "number" => "must be a number",
        "boolean" => "must be on or off (true or false)",
        "string" => "must be a text",
        "array" => "must be a list",
        "object" => "must be a group of fields",
        _ => "has the wrong type",
    };

    private static string EnumPredicate(JsonElement? values, Field? field)
    {
        List<string> titles = values is { ValueKind: JsonValueKind.Array } list
            ? [.. list.EnumerateArray().Select(value => field?.TitleOf(value) ?? value.ToString())]
            : [];
        return titles.Count is > 0 and <= MaxListedChoices ? $"must be one of: {string.Join(", ", titles)}" : "must be one of the menu's entries";
    }

    private static string FormatName(string? format) => format switch
    {
        "date" => "a date such as 2024-05-31",
        "date-time" => "a date and time such as 2024-05-31T08:30:00Z",
        "time" => "a time such as 08:30:00Z",
        "email" => "an e-mail address",
        "uri" => "a web address such as https://example.com",
        "hostname" => "a host name such as example.com",
        "ipv4" or "ipv6" => "an IP address",
        _ => $"a valid {format}",
    };
}
