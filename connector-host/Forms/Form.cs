using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ConnectorPlatform.Host.Forms;

/// <summary>A form of the dialect <c>connector-form/1</c>, read once; immutable, to be shared by threads.</summary>
internal sealed class Form
{
    public const string Dialect = "connector-form/1";

    private Form(JsonElement schema, Branch root)
    {
        Schema = schema;
        Root = root;
        Scope = Scope.Of(root);
        Hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(schema.GetRawText())));
    }

    public JsonElement Schema { get; }

    public Branch Root { get; }

    public Scope Scope { get; }

    /// <summary>Names the schema's text: equal for equal texts.</summary>
    public string Hash { get; }

    /// <summary>What a list's entries are, with its <c>$ref</c> followed; without members when the list does not say.</summary>
    public JsonElement ItemsOf(Field list)
    {
        var items = list.Schema.Member("items") ?? JsonElementReading.EmptyObject;
        return items.Text("$ref") is { } reference && reference.StartsWith('#') ? JsonPointer.Find(Schema, reference[1..]) ?? items : items;
    }

    /// <exception cref="FormSchemaException">No form can be made of the schema; one that merely breaks a lint rule is read as well as possible.</exception>
    public static Form Parse(JsonElement schema)
    {
        try
        {
            var detached = schema.Clone();
            return new(detached, new FormReader(detached).Read());
        }
        catch (InvalidOperationException exception)
        {
            throw new FormSchemaException("", "A text in the schema holds half a character (a lone surrogate): remove it.", exception);
        }
    }

    /// <summary>Brings data to rest: what is visible stays or gets its default, everything else is dropped.</summary>
    /// <param name="data">What was filled in; a value that is not an object is kept for validation to refuse.</param>
    /// <param name="previouslyVisible">
    /// JSON pointers of the fields that the user has already seen, for a saved configuration: of those, an absent one was left empty on purpose
    /// and gets no default. Null for fresh data.
    /// </param>
    /// <exception cref="FormSchemaException">A pattern in a condition took too long.</exception>
    /// <exception cref="JsonException">A text in the data is no text.</exception>
    public Settled Settle(JsonElement data, IReadOnlySet<string>? previouslyVisible = null)
    {
        try
        {
            return Settler.Settle(this, data, previouslyVisible);
        }
        catch (InvalidOperationException exception)
        {
            throw new JsonException("A text holds half a character (a lone surrogate): remove it.", exception);
        }
    }
}
