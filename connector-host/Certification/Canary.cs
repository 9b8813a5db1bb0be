using System.Text;
using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Certification;

/// <summary>Texts that stand for secrets and are found again wherever they were written.</summary>
internal static class Canary
{
    /// <summary>What the platform puts in the place of a secret that a connector wrote into a message.</summary>
    private const string Masked = "•••";

    public static string For(string member, string account) => $"k3y+{member}/{account}=yek";

    /// <summary>Whether a text holds a secret in one of the ways in which it may have been written, or did before the platform hid it.</summary>
    public static bool IsIn(string text, string secret) => Forms(secret).Any(form => text.Contains(form, StringComparison.OrdinalIgnoreCase));

    public static bool WasIn(string text) => text.Contains(Masked, StringComparison.Ordinal);

    private static IEnumerable<string> Forms(string secret)
    {
        foreach (var encode in SecretMask.Encodings)
        {
            yield return encode(secret);
        }

        yield return string.Concat(secret.Reverse());
        yield return Convert.ToHexString(Encoding.UTF8.GetBytes(secret));

        // Where a text begins within the groups of three bytes decides how base64 writes it: all but its edges is searched for.
        for (var shift = 0; shift < 3; shift++)
        {
            var whole = Convert.ToBase64String(Encoding.UTF8.GetBytes(new string(' ', shift) + secret));
            yield return whole[(shift == 0 ? 0 : 4)..^4];
        }
    }
}
