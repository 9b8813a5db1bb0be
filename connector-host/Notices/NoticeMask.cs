using System.Text;
using System.Text.Encodings.Web;

namespace ConnectorPlatform.Host.Notices;

/// <summary>Takes a rule's secrets out of what receivers say, which may repeat what was sent to them.</summary>
internal static class NoticeMask
{
    private const string Hidden = "•••";
    private const int LongestAnswer = 300;

    /// <summary>Shorter parts of an address are no secrets, and masking them would make every text unreadable.</summary>
    private const int ShortestPart = 6;

    /// <summary>One line without secrets, not too long.</summary>
    public static string Clean(string text, NoticeRule rule, NoticeSecret secret)
    {
        foreach (var form in Forms(rule, secret).Distinct(StringComparer.Ordinal).OrderByDescending(form => form.Length))
        {
            text = WithoutBeginning(text.Replace(form, Hidden, StringComparison.OrdinalIgnoreCase), form);
        }

        var line = string.Join(' ', new string([.. text.Select(character => char.IsControl(character) ? ' ' : character)]).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return line.Shortened(LongestAnswer);
    }

    /// <summary>What a receiver says is read up to a limit, at which a secret may have been cut in two.</summary>
    private static string WithoutBeginning(string text, string form)
    {
        for (var length = form.Length - 1; length >= ShortestPart; length--)
        {
            if (text.EndsWith(form[..length], StringComparison.OrdinalIgnoreCase))
            {
                return text[..^length] + Hidden;
            }
        }

        return text;
    }

    private static IEnumerable<string> Forms(NoticeRule rule, NoticeSecret secret)
    {
        List<string> secrets = [];
        if (secret.Password is { Length: > 0 } password)
        {
            secrets.Add(password);
            secrets.Add($"\0{rule.Target.User}\0{password}");
        }

        if (secret.SigningKey is not null)
        {
            secrets.Add(secret.SigningKey);
        }

        if (secret.Url is not null)
        {
            var url = new Uri(secret.Url);
            secrets.Add(url.PathAndQuery.TrimStart('/'));
            secrets.AddRange(url.PathAndQuery.Split(['/', '?', '&', '='], StringSplitOptions.RemoveEmptyEntries).Where(part => part.Length >= ShortestPart));
        }

        return secrets.Where(text => text.Length > 0).SelectMany(text => new[]
        {
            text,
            Uri.EscapeDataString(text),
            Uri.UnescapeDataString(text),
            HtmlEncoder.Default.Encode(text),
            JavaScriptEncoder.Default.Encode(text),
            JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text),
            Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).TrimEnd('='),
        });
    }
}
