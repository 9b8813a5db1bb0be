using System.ComponentModel;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.People.Storage;
using ConnectorPlatform.Host.Web.People;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ConnectorPlatform.Host.Web.Api;

/// <summary>Who signs in, and as what.</summary>
internal sealed class PeopleOperations(PersonStore people, PeopleSetup setup, ShareStore shares)
{
    private const string PersonId = "The person's id or name.";

    public static void Map(IEndpointRouteBuilder api)
    {
        var operations = api.ServiceProvider.GetRequiredService<PeopleOperations>();
        var group = api.MapGroup("").WithTags("People");
        group.MapGet("/people", operations.List).Is("listPeople", "List the people").Fails(StatusCodes.Status400BadRequest);
        group.MapPost("/people", operations.Invite)
            .Is("invitePerson", "Bring somebody in", "Answers with a link by which they choose their password.").Example(new InvitationBody("name@example.com", Role.Editor));
        group.MapPatch("/people/{person}", operations.Change)
            .Is("changePerson", "Change a person's role, or let them in no more").Example(new PersonBody { Role = Role.Viewer }).Fails(StatusCodes.Status404NotFound);
        group.MapPost("/people/{person}/password-link", operations.Reset)
            .Is("resetPassword", "Make a link to a new password").Fails(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound);
        group.MapPost("/people/{person}/transfer", operations.Transfer)
            .Is("transferFromPerson", "Give the DataSets and accounts of a person to another").Example(new TransferBody("name@example.com")).Fails(StatusCodes.Status404NotFound);
    }

    private Ok<ListPage<PersonView>> List([AsParameters] PageQuery page) =>
        TypedResults.Ok(page.Of(people.List().OrderBy(person => person.Id, StringComparer.Ordinal), person => person.Id, StringComparer.Ordinal).Select(PersonView.Of));

    private Ok<PasswordLinkView> Invite(JsonBody<InvitationBody> body)
    {
        var (person, key) = setup.Invite(body.Value.Name, body.Value.Role);
        return TypedResults.Ok(new PasswordLinkView(PersonView.Of(person), WelcomePages.PathOf(key)));
    }

    private Ok<PersonView> Change([Description(PersonId)] string person, JsonBody<PersonBody> body)
    {
        var changed = people.Get(person);
        if (body.Value.Role is { } role)
        {
            changed = setup.SetRole(changed, role);
        }

        if (body.Value.IsDisabled is { } isDisabled)
        {
            changed = isDisabled ? setup.Disable(changed) : setup.Enable(changed);
        }

        return TypedResults.Ok(PersonView.Of(changed));
    }

    private Ok<PasswordLinkView> Reset([Description(PersonId)] string person)
    {
        var found = people.Get(person);
        return TypedResults.Ok(new PasswordLinkView(PersonView.Of(found), WelcomePages.PathOf(setup.OpenReset(found))));
    }

    private Ok<TransferView> Transfer([Description(PersonId)] string person, JsonBody<TransferBody> body) =>
        TypedResults.Ok(new TransferView(shares.Transfer(people.Get(person).Id, people.Get(body.Value.To).Id)));
}
