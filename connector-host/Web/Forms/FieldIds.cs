using System.Globalization;
using System.Text;

namespace ConnectorPlatform.Host.Web.Forms;

/// <summary>Ids of controls, made of JSON pointers: one for each, and without characters that HTML or CSS would mind.</summary>
internal static class FieldIds
{
    public static string Of(string pointer)
    {
        var id = new StringBuilder("field");
        foreach (var character in pointer)
        {
            if (character == '/')
            {
                id.Append('-');
            }
            else if (char.IsAsciiLetterOrDigit(character) || character == '_')
            {
                id.Append(character);
            }
            else
            {
                id.Append(CultureInfo.InvariantCulture, $"--{(int)character:x}-");
            }
        }

        return id.ToString();
    }
}
