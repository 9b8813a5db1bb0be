using System.Text.Json;

namespace ConnectorPlatform.Host.Forms;

internal enum FieldType
{
    String,
    Integer,
    Number,
    Boolean,
    Array,
    Object,
}

/// <summary>A declared field. Annotations that only the page needs are read from <see cref="Schema"/>.</summary>
internal sealed record Field
{
    public required string Name { get; init; }

    public required FieldType Type { get; init; }

    public required string Title { get; init; }

    /// <summary>The declaration with its <c>$ref</c> followed.</summary>
    public required JsonElement Schema { get; init; }

    public JsonElement? Default { get; init; }

    /// <summary><c>x-order</c>; null sorts after every number, in document order.</summary>
    public int? Order { get; init; }

    /// <summary>The fixed menu (<c>enum</c> or <c>oneOf</c>); null for a field without one.</summary>
    public IReadOnlyList<Choice>? Choices { get; init; }

    /// <summary>The live menu; null for a field without one.</summary>
    public LiveMenu? Menu { get; init; }

    public bool IsSecret { get; init; }

    /// <summary>What the user reads for a value: the menu's title, or the value.</summary>
    public string TitleOf(JsonElement value) =>
        Choices?.FirstOrDefault(choice => JsonElement.DeepEquals(choice.Value, value))?.Title ?? value.ValueKind switch
        {
            JsonValueKind.True => "on",
            JsonValueKind.False => "off",
            JsonValueKind.String => value.GetString()!,
            _ => value.GetRawText(),
        };
}

/// <summary>One entry of a fixed menu.</summary>
internal sealed record Choice(JsonElement Value, string Title, string? Description);

/// <summary>A live menu (<c>x-options</c>), resolved by the connector.</summary>
/// <remarks><c>DependsOn</c> names fields of the same object whose change makes the menu stale; <c>CacheSeconds</c> is null for the host's usual time.</remarks>
internal sealed record LiveMenu(string Source, IReadOnlyList<string> DependsOn, bool AllowCustom, bool Search, int? CacheSeconds);
