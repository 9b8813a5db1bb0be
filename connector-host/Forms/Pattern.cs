using System.Text;
using System.Text.RegularExpressions;

namespace ConnectorPlatform.Host.Forms;

/// <summary>A JSON Schema pattern: ECMAScript's meaning, searched unanchored, and never longer than <see cref="TimeOut"/>.</summary>
internal sealed class Pattern
{
    // Wall-clock time: a busy machine must not make a harmless pattern fail.
    public static readonly TimeSpan TimeOut = TimeSpan.FromSeconds(1);

    private readonly Regex _regex;

    /// <exception cref="ArgumentException">The pattern is no regular expression.</exception>
    public Pattern(string source)
    {
        Source = source;
        _regex = Compile(Translate(source));
    }

    public string Source { get; }

    /// <exception cref="RegexMatchTimeoutException">The pattern backtracks without end on this text.</exception>
    public bool IsMatch(string text) => _regex.IsMatch(text);

    /// <summary>The same pattern for .NET, whose <c>$</c> accepts a trailing newline and whose <c>\d</c> and <c>\w</c> know every script.</summary>
    public static string Translate(string source)
    {
        var translated = new StringBuilder(source.Length + 8);
        var inClass = false;
        for (var i = 0; i < source.Length; i++)
        {
            var character = source[i];
            if (character == '\\' && i + 1 < source.Length)
            {
                i++;
                translated.Append(TranslateEscape(source[i], inClass));
                continue;
            }

            translated.Append((character, inClass) switch
            {
                ('$', false) => @"\z",
                ('.', false) => @"[^\n\r\u2028\u2029]",
                // .NET would read "-[" inside a class as a subtraction.
                ('[', true) => @"\[",
                _ => character.ToString(),
            });
            inClass = character == '[' || (inClass && character != ']');
        }

        return translated.ToString();
    }

    private static string TranslateEscape(char escaped, bool inClass) => (escaped, inClass) switch
    {
        ('d', true) => "0-9",
        ('d', false) => "[0-9]",
        ('D', false) => "[^0-9]",
        ('w', true) => "A-Za-z0-9_",
        ('w', false) => "[A-Za-z0-9_]",
        ('W', false) => "[^A-Za-z0-9_]",
        ('/', _) => "/",
        _ => $"\\{escaped}",
    };

    private static Regex Compile(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, TimeOut);
        }
        catch (NotSupportedException)
        {
            // Look-around and back-references need backtracking; the time-out bounds it.
            return new Regex(pattern, RegexOptions.CultureInvariant, TimeOut);
        }
    }
}
