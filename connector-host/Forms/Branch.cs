using System.Text.Json;

namespace ConnectorPlatform.Host.Forms;

/// <summary>A subschema that speaks of one object: the root, an <c>allOf</c> member, a <c>then</c> or an <c>else</c>.</summary>
internal sealed record Branch
{
    public required string Pointer { get; init; }

    public IReadOnlyList<Property> Properties { get; init; } = [];

    public IReadOnlyList<string> Required { get; init; } = [];

    public IReadOnlyList<Branch> AllOf { get; init; } = [];

    public Condition? If { get; init; }

    public Branch? Then { get; init; }

    public Branch? Else { get; init; }

    /// <summary>The sign-in at the source that the branch offers; null when it offers none.</summary>
    public JsonElement? OAuth2 { get; init; }

    /// <summary>The sign-in that applies to the data, here or in a branch that it leads to.</summary>
    public JsonElement? OAuth2For(JsonElement data)
    {
        var chosen = If is null ? null : If.Holds(data) ? Then : Else;
        return OAuth2 ?? AllOf.Append(chosen).OfType<Branch>().Select(branch => branch.OAuth2For(data)).FirstOrDefault(found => found is not null);
    }
}

/// <summary>An entry under <c>properties</c>: the declaration of a field, or a tightening of one that is declared elsewhere.</summary>
/// <remarks><c>Schema</c> is the entry with its <c>$ref</c> followed; <c>Field</c> is null when the entry only tightens.</remarks>
internal sealed record Property(string Name, string Pointer, JsonElement Schema, Field? Field)
{
    /// <summary>What the entry says about the members of a fieldset; null when it is none.</summary>
    public Branch? Members { get; init; }

    /// <summary>What the entry says about the members of each item of a repeated group; null when it is none.</summary>
    public Branch? Items { get; init; }
}
