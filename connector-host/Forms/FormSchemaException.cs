namespace ConnectorPlatform.Host.Forms;

/// <summary>A schema from which no form can be made.</summary>
/// <param name="pointer">JSON pointer into the schema.</param>
/// <param name="message">What is wrong there and what to do.</param>
/// <param name="inner">The cause; null when the schema itself tells enough.</param>
internal sealed class FormSchemaException(string pointer, string message, Exception? inner = null) : Exception(message, inner)
{
    public string Pointer { get; } = pointer;
}
