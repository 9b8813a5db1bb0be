using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ConnectorPlatform.Host.Authoring.Recording;

/// <summary>
/// Makes values of the same kind and length in the place of others: the same for the same value, so that records still belong together.
/// Who does not know the key cannot try values until one fits.
/// </summary>
internal sealed partial class StandIns
{
    private const int MostDays = 1000;

    private readonly byte[] _key;

    /// <param name="credentials">Make the key, so that recordings of one account agree.</param>
    public StandIns(JsonElement credentials) => _key = SHA256.HashData(Encoding.UTF8.GetBytes($"redaction {credentials.GetRawText()}"));

    /// <summary>Dates stay dates, addresses keep their scheme, mail addresses end in example.com, and letters and digits are others of their kind.</summary>
    public string OfText(string text)
    {
        // A number is the same number where an address or another reply writes it as a text.
        if (text.Length > 0 && text[0] is >= '1' and <= '9' && !text.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            return OfNumber(text);
        }

        var random = new Source(_key, text);
        if (DateTime.TryParseExact(text.AsSpan(0, Math.Min(10, text.Length)), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            return date.AddDays(1 + random.Next(MostDays)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + text[10..];
        }

        if (Guid.TryParse(text, out _))
        {
            return Hexadecimal().Replace(text, match => Like(match.ValueSpan[0], "0123456789abcdef"[random.Next(16)]));
        }

        if (Mail().Match(text) is { Success: true } mail)
        {
            return Scrambled(mail.Groups[1].Value, random) + "@example.com";
        }

        var scheme = Scheme().Match(text).Length;
        return text[..scheme] + Scrambled(text[scheme..], random);
    }

    /// <summary>As many digits and none greater than the number, so that it fits where the number did.</summary>
    /// <param name="number">As JSON writes it.</param>
    public string OfNumber(string number)
    {
        var random = new Source(_key, number);
        var exponent = number.AsSpan().IndexOfAny('e', 'E');
        var digits = (exponent < 0 ? number : number[..exponent]).ToCharArray();
        var first = Array.FindIndex(digits, char.IsAsciiDigit);
        var single = first == digits.Length - 1 || !char.IsAsciiDigit(digits[first + 1]);
        for (var i = first + 1; i < digits.Length; i++)
        {
            digits[i] = char.IsAsciiDigit(digits[i]) ? (char)('0' + random.Next(10)) : digits[i];
        }

        digits[first] = single ? (char)('0' + random.Next(10)) : digits[first] is '1' ? '1' : (char)('1' + random.Next(digits[first] - '1'));
        return new string(digits) + (exponent < 0 ? "" : number[exponent..]);
    }

    private static string Scrambled(string text, Source random)
    {
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            result.Append(Rune.IsLetter(rune) ? ((char)((Rune.IsUpper(rune) ? 'A' : 'a') + random.Next(26))).ToString()
                : Rune.IsDigit(rune) ? random.Next(10).ToString(CultureInfo.InvariantCulture)
                : rune.ToString());
        }

        return result.ToString();
    }

    private static string Like(char model, char digit) => (char.IsAsciiLetterUpper(model) ? char.ToUpperInvariant(digit) : digit).ToString();

    [GeneratedRegex("[0-9a-fA-F]")]
    private static partial Regex Hexadecimal();

    [GeneratedRegex(@"^([^@\s]+)@[^@\s]+\.[^@\s]+$")]
    private static partial Regex Mail();

    [GeneratedRegex("^[a-z][a-z0-9+.-]*://")]
    private static partial Regex Scheme();

    /// <summary>Numbers that depend on the key and the value alone.</summary>
    private sealed class Source(byte[] key, string value)
    {
        private byte[] _block = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(value));
        private int _used;

        public int Next(int below)
        {
            if (_used + sizeof(uint) > _block.Length)
            {
                (_block, _used) = (HMACSHA256.HashData(key, _block), 0);
            }

            _used += sizeof(uint);
            return (int)(BitConverter.ToUInt32(_block, _used - sizeof(uint)) % (uint)below);
        }
    }
}
