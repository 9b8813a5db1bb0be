namespace ConnectorPlatform.Host.People;

/// <summary>
/// Which passwords are taken: long ones. Rules on letters and digits make passwords that people write down (NIST SP 800-63B, 3.1.1.2), so that only length counts, and
/// what attackers try first is refused.
/// </summary>
internal static class PasswordRules
{
    public const int Shortest = 12;

    // A longer one would only keep the hasher busy.
    private const int Longest = 200;
    private const int FewestDifferent = 5;
    private const int LongestWord = 4;

    /// <summary>What people make long passwords of when they are made to; what is left when these are taken out must be long by itself.</summary>
    private static readonly string[] Common =
    [
        "password", "passwort", "passw0rd", "p@ssword", "p@ssw0rd", "pa55word", "qwertyuiop", "qwertzuiop", "asdfghjkl", "zxcvbnm", "qwerty", "qwertz", "azerty", "1q2w3e4r5t", "1q2w3e4r",
        "1qaz2wsx3edc", "1qaz2wsx", "qazwsxedc", "qazwsx", "letmein", "iloveyou", "welcome", "administrator", "admin", "changeme", "default", "sunshine", "princess", "football", "baseball",
        "superman", "dragon", "monkey", "master", "shadow", "trustno1", "whatever", "computer", "internet", "starwars", "connector", "platform", "secret", "temporary", "test",
        "abcdefghijkl", "abcdefgh", "abcdef", "1234567890", "0987654321", "0123456789", "9876543210", "123456789", "987654321", "12345678", "1234567", "123456", "654321", "12345", "1234", "123",
    ];

    /// <exception cref="PlatformException">The password is refused; the message says why and what to do.</exception>
    public static void Check(string password, string name)
    {
        if (password.Length < Shortest)
        {
            throw Refused($"A password has at least {Shortest} characters; several words are easy to remember.");
        }

        if (password.Length > Longest)
        {
            throw Refused($"A password has at most {Longest} characters.");
        }

        if (password.Distinct().Count() < FewestDifferent || IsCommon(password, name))
        {
            throw Refused("This password is among the first that an attacker tries. Take another: several words that have nothing to do with each other are good.");
        }
    }

    private static bool IsCommon(string password, string name)
    {
        var rest = password.ToLowerInvariant();
        foreach (var word in Common.Append(name.Split('@')[0].ToLowerInvariant()).Where(word => word.Length > 0))
        {
            rest = rest.Replace(word, "", StringComparison.Ordinal);
        }

        return rest.Length <= LongestWord;
    }

    private static PlatformException Refused(string message) => new(PlatformFault.Input, message);
}
