using System.Text.Json;

namespace ConnectorPlatform.Host.Authoring.Recording;

/// <summary>The last look before anything is written: whether part of a secret stands in a file's text or in any value of it.</summary>
internal static class LeakSearch
{
    /// <exception cref="PlatformException">It does; the message says where, and what to do.</exception>
    public static void Check(string file, string text, SecretTexts secrets)
    {
        var place = Find(JsonElement.Parse(text), "", secrets) ?? (secrets.RemainIn(text) ? "" : null);
        if (place is not null)
        {
            throw new PlatformException(
                PlatformFault.Input,
                $"Nothing was written: {SecretTexts.PartLength} or more characters of a credential or a cookie still stand in what would be samples/{file}#{secrets.Replace(place)}. If it is a field of a reply, give its name with --redact; otherwise record with an account or details that the source does not repeat.");
        }
    }

    private static string? Find(JsonElement json, string pointer, SecretTexts secrets)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in json.EnumerateObject())
                {
                    // A member's name that gives a secret away must not be told.
                    if (secrets.RemainIn(member.Name))
                    {
                        return $"{pointer}/…";
                    }

                    if (Find(member.Value, $"{pointer}/{member.Name}", secrets) is { } inMember)
                    {
                        return inMember;
                    }
                }

                return null;
            case JsonValueKind.Array:
                return json.EnumerateArray().Index().Select(item => Find(item.Item, $"{pointer}/{item.Index}", secrets)).FirstOrDefault(place => place is not null);
            case JsonValueKind.String:
                return secrets.RemainIn(json.GetString()!) ? pointer : null;
            default:
                return secrets.RemainIn(json.GetRawText()) ? pointer : null;
        }
    }
}
