using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Host.People.Storage;

namespace ConnectorPlatform.Host.People;

/// <summary>Brings people in, and changes what they may; somebody who decides on people always stays.</summary>
internal sealed class PeopleSetup(MetadataDatabase database, PersonStore people, SessionStore sessions, OneTimeLinkStore links, Passwords passwords)
{
    private const string DemoName = "demo";

    /// <summary>Opens the way to the first administrator while there is none.</summary>
    /// <returns>The key of the link; null when there is an administrator.</returns>
    public string? OpenSetup() => people.HasAdministrator() ? null : links.Open(LinkPurpose.Setup, null);

    /// <summary>Opens the way into a demonstration: its visitor is an administrator without a password.</summary>
    /// <returns>The key of the link.</returns>
    public string OpenDemo()
    {
        var visitor = people.FindByName(DemoName) ?? people.Add(DemoName, Role.Administrator);
        return visitor.IsExpected
            ? links.Open(LinkPurpose.Demo, visitor.Id)
            : throw new PlatformException(PlatformFault.Conflict, $"Somebody of this platform is named \"{DemoName}\"; let the demonstration have a data folder of its own (--data).");
    }

    /// <summary>Makes the first administrator.</summary>
    /// <exception cref="PlatformException">The link is void, or name or password are refused.</exception>
    public Person SetUp(string key, string name, string password)
    {
        PasswordRules.Check(password, name);
        return database.Together(() =>
        {
            Use(key);
            links.CloseAll(LinkPurpose.Setup);
            var person = people.Add(name, Role.Administrator);
            passwords.Set(person, password);
            return people.FindById(person.Id)!;
        });
    }

    /// <summary>Brings somebody in.</summary>
    /// <returns>The person, and the key of the link by which they choose their password.</returns>
    /// <exception cref="PlatformException">The name is taken or is none.</exception>
    public (Person Person, string Key) Invite(string name, Role role)
    {
        var person = people.Add(name, role);
        return (person, links.Open(LinkPurpose.Password, person.Id));
    }

    /// <summary>Opens a way to a new password; the old one is good until it is used.</summary>
    /// <returns>The key of the link.</returns>
    /// <exception cref="PlatformException">The person signs in elsewhere.</exception>
    public string OpenReset(Person person) => person.Issuer is null
        ? links.Open(LinkPurpose.Password, person.Id)
        : throw new PlatformException(PlatformFault.Input, $"\"{person.Name}\" signs in at {person.Issuer} and has no password here.");

    /// <summary>Chooses the password of who has a link, and ends the sessions that were opened with the old one.</summary>
    /// <exception cref="PlatformException">The link is void, or the password is refused.</exception>
    public Person ChoosePassword(string key, Person person, string password)
    {
        PasswordRules.Check(password, person.Name);
        return database.Together(() =>
        {
            Use(key);
            passwords.Set(person, password);
            sessions.EndAll(person.Id);
            return people.FindById(person.Id)!;
        });
    }

    /// <summary>Signs in the visitor of a demonstration.</summary>
    /// <exception cref="PlatformException">The link is void.</exception>
    public Person EnterDemo(string key, string personId)
    {
        Use(key);
        return people.FindById(personId)!;
    }

    /// <exception cref="PlatformException">Nobody would be left who decides on people.</exception>
    public Person SetRole(Person person, Role role) => Change(person, role == Role.Administrator, () => people.SetRole(person.Id, role));

    /// <summary>Ends what the person is signed in with, and lets them sign in no more.</summary>
    /// <exception cref="PlatformException">Nobody would be left who decides on people.</exception>
    public Person Disable(Person person) => Change(person, staysAdministrator: false, () =>
    {
        people.SetDisabled(person.Id, isDisabled: true);
        sessions.EndAll(person.Id);
    });

    public Person Enable(Person person) => Change(person, staysAdministrator: true, () => people.SetDisabled(person.Id, isDisabled: false));

    private Person Change(Person person, bool staysAdministrator, Action change) => database.Together(() =>
    {
        if (!staysAdministrator && person is { Role: Role.Administrator, IsDisabled: false } && !people.HasAdministrator(besides: person.Id))
        {
            throw new PlatformException(PlatformFault.Input, $"\"{person.Name}\" is the only administrator who can sign in; make somebody else one first.");
        }

        change();
        return people.FindById(person.Id)!;
    });

    private void Use(string key)
    {
        if (!links.TryUse(key))
        {
            throw VoidLink;
        }
    }

    public static PlatformException VoidLink => new(
        PlatformFault.NotFound, "This link was used already, or has expired: it is good once, for 24 hours. Ask who gave it to you for a new one; the first administrator gets one at each start.");
}
