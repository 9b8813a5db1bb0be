using System.Text.Json;

namespace ConnectorPlatform.Host.Forms.Validation;

/// <summary>A keyword that a document does not meet, before it is put into words.</summary>
/// <remarks>
/// <c>Pointer</c> leads into the document, for a missing member to where it should be. <c>Limit</c> is the keyword's value where it helps the user,
/// else null. <c>Text</c> is the schema's own (<c>x-messages</c>), null for none.
/// </remarks>
internal sealed record Violation(string Pointer, string Keyword, JsonElement? Limit, string? Text);
