using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Host.People.Storage;

namespace ConnectorPlatform.Host.People;

/// <summary>Signs in people for whom an OpenID provider vouches. The provider's issuer and subject say who it is; names and addresses never do.</summary>
internal sealed class ProviderSignIn(MetadataDatabase database, PersonStore people, OpenIdConnectSettings settings)
{
    /// <summary>Makes the person at the first sign-in, and reads the role anew at each.</summary>
    /// <exception cref="PlatformException">The person may not come in.</exception>
    public Person Enter(string issuer, string subject, string name, IEnumerable<string> groups)
    {
        var role = RoleOf(groups) ?? throw Refused("None of your groups there has a role here.");
        return database.Together(() =>
        {
            var person = people.FindBySubject(issuer, subject) ?? people.Add(FreeName(name, issuer), role, issuer, subject);
            if (person.IsDisabled)
            {
                throw Refused("You are not let in any more.");
            }

            people.SetRole(person.Id, role);
            people.Seen(person.Id);
            return people.FindById(person.Id)!;
        });
    }

    private Role? RoleOf(IEnumerable<string> groups)
    {
        var roles = groups.Where(settings.Roles.ContainsKey).Select(group => settings.Roles[group]).ToList();
        return roles.Count > 0 ? roles.Max() : settings.DefaultRole;
    }

    // A local person of that name is somebody else, whatever the provider says of the address.
    private string FreeName(string name, string issuer)
    {
        var place = Uri.TryCreate(issuer, UriKind.Absolute, out var uri) ? uri.Host : issuer;
        return new[] { name, $"{name} ({place})" }.Concat(Enumerable.Range(2, int.MaxValue - 2).Select(number => $"{name} ({place}, {number})")).First(free => people.FindByName(free) is null);
    }

    private static PlatformException Refused(string why) => new(PlatformFault.Input, $"{why} Ask an administrator of this platform.");
}
