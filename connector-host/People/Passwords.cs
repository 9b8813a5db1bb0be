using ConnectorPlatform.Host.People.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace ConnectorPlatform.Host.People;

/// <summary>Sets and checks passwords, which are kept as ASP.NET Core's own hasher makes them: PBKDF2 with a salt each.</summary>
internal sealed class Passwords(PersonStore people)
{
    // OWASP's figure for HMAC-SHA512; a hash that was made with fewer is made anew when its password is next used.
    private const int Iterations = 210_000;

    private static readonly PasswordHasher<Person> Hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = Iterations }));
    private static readonly Lazy<string> HashOfNobody = new(() => Hasher.HashPassword(null!, SecretKey.New()));

    private long _checks;

    /// <summary>How many hashes were computed to check a password: as many for names that nobody has.</summary>
    public long Checks => Interlocked.Read(ref _checks);

    /// <exception cref="PlatformException">The password is refused.</exception>
    public void Set(Person person, string password)
    {
        PasswordRules.Check(password, person.Name);
        people.SetPassword(person.Id, Hasher.HashPassword(person, password));
    }

    /// <summary>Whether the password is that person's. Takes as long when there is no such person, so that nobody learns who is known here.</summary>
    public bool IsRight(Person? person, string password)
    {
        Interlocked.Increment(ref _checks);
        var hash = person is null ? null : people.PasswordHash(person.Id);
        var result = Hasher.VerifyHashedPassword(person!, hash ?? HashOfNobody.Value, password);
        if (hash is not null && result == PasswordVerificationResult.SuccessRehashNeeded)
        {
            people.SetPassword(person!.Id, Hasher.HashPassword(person, password));
        }

        return hash is not null && result != PasswordVerificationResult.Failed;
    }
}
