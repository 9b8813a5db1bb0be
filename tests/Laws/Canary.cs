using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ConnectorPlatform.Tests.Laws;

/// <summary>Credentials that every encoding changes and that stand nowhere by chance, in the place of a scenario's.</summary>
internal static class Canary
{
    private const string Shape = "k3y<\"{0}\"+/=&%7E'>yek";

    /// <summary>The same members with canaries for texts.</summary>
    public static JsonElement Of(JsonElement credentials) =>
        JsonSerializer.SerializeToElement(credentials.EnumerateObject().ToDictionary(
            member => member.Name,
            member => member.Value.ValueKind == JsonValueKind.String ? JsonSerializer.SerializeToElement(For(member.Name)) : member.Value));

    /// <summary>What the source would see had the scenario's own credentials been sent.</summary>
    public static string Undo(string text, JsonElement credentials) => credentials.EnumerateObject()
        .Where(member => member.Value.ValueKind == JsonValueKind.String)
        .Aggregate(text, (undone, member) => undone.Replace(For(member.Name), member.Value.GetString(), StringComparison.Ordinal));

    public static string For(string member) => Shape.Replace("{0}", member, StringComparison.Ordinal);

    /// <summary>The ways in which a secret may have been written.</summary>
    public static IEnumerable<(string Encoding, byte[] Bytes)> Forms(string secret)
    {
        yield return ("UTF-16", Encoding.Unicode.GetBytes(secret));
        yield return ("UTF-8", Encoding.UTF8.GetBytes(secret));
        yield return ("reversed", Encoding.UTF8.GetBytes(string.Concat(secret.Reverse())));
        yield return ("URL", Encoding.UTF8.GetBytes(Uri.EscapeDataString(secret)));
        yield return ("URL form", Encoding.UTF8.GetBytes(WebUtility.UrlEncode(secret)));
        yield return ("JSON", Encoding.UTF8.GetBytes(JavaScriptEncoder.Default.Encode(secret)));
        yield return ("relaxed JSON", Encoding.UTF8.GetBytes(JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(secret)));
        yield return ("HTML", Encoding.UTF8.GetBytes(HtmlEncoder.Default.Encode(secret)));
        yield return ("hexadecimal", Encoding.UTF8.GetBytes(Convert.ToHexString(Encoding.UTF8.GetBytes(secret))));

        // Where a text begins within the groups of three bytes decides how base64 writes it: all but its edges is searched for.
        for (var shift = 0; shift < 3; shift++)
        {
            var whole = Convert.ToBase64String(Encoding.UTF8.GetBytes(new string(' ', shift) + secret));
            yield return ($"base64 at {shift}", Encoding.UTF8.GetBytes(whole[(shift == 0 ? 0 : 4)..^4]));
        }
    }

    /// <summary>Where the secret stands in the files of a data folder. The locks of running processes are empty and cannot be opened.</summary>
    public static IEnumerable<string> FindInFiles(string folder, string secret)
    {
        var forms = Forms(secret).ToList();
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories);
        return files.Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)).SelectMany(file =>
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            return forms.Where(form => content.AsSpan().IndexOf(form.Bytes) >= 0).Select(form => $"{Path.GetRelativePath(folder, file)} as {form.Encoding}").ToList();
        });
    }

    public static IEnumerable<string> FindIn(string text, string secret) =>
        Forms(secret).Where(form => Encoding.UTF8.GetBytes(text).AsSpan().IndexOf(form.Bytes) >= 0).Select(form => $"\"{text}\" as {form.Encoding}");
}
