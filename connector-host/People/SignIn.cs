using ConnectorPlatform.Host.People.Storage;

namespace ConnectorPlatform.Host.People;

/// <summary>How an attempt to sign in ended.</summary>
/// <param name="Person">Who it is; null when it was refused.</param>
/// <param name="LockedUntil">Until when nobody may try; null when another attempt may be made at once.</param>
internal sealed record SignInResult(Person? Person, DateTimeOffset? LockedUntil = null);

/// <summary>Signs people in by name and password.</summary>
internal sealed class SignIn(PersonStore people, Passwords passwords, SignInAttempts attempts)
{
    public SignInResult Try(string name, string password, string address)
    {
        if (attempts.Begin(name, address) is { } until)
        {
            return new(null, until);
        }

        var person = people.FindByName(name.Trim());
        if (!passwords.IsRight(person, password) || person!.IsDisabled)
        {
            return new(null);
        }

        attempts.Succeed(name, address);
        people.Seen(person.Id);
        return new(person);
    }
}
