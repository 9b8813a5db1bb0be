using System.ComponentModel;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.People.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ConnectorPlatform.Host.Web.Api;

/// <summary>Groups of people with which DataSets and accounts are shared.</summary>
internal sealed class GroupOperations(GroupStore groups, PersonStore people)
{
    private const string GroupId = "The group's id or name.";
    private const string PersonId = "The person's id or name.";

    public static void Map(IEndpointRouteBuilder api)
    {
        var operations = api.ServiceProvider.GetRequiredService<GroupOperations>();
        var group = api.MapGroup("").WithTags("People");
        group.MapGet("/groups", operations.List).Is("listGroups", "List the groups").Fails(StatusCodes.Status400BadRequest);
        group.MapPost("/groups", operations.Add).Is("addGroup", "Make a group").Example(new GroupBody("Marketing"));
        group.MapDelete("/groups/{group}", operations.Remove)
            .Is("removeGroup", "Remove a group", "What was shared with it is shared with its people no more.").Fails(StatusCodes.Status404NotFound);
        group.MapPut("/groups/{group}/members/{person}", operations.Join).Is("joinGroup", "Put a person into a group").Fails(StatusCodes.Status404NotFound);
        group.MapDelete("/groups/{group}/members/{person}", operations.Leave).Is("leaveGroup", "Take a person out of a group").Fails(StatusCodes.Status404NotFound);
    }

    private Ok<ListPage<GroupView>> List([AsParameters] PageQuery page) =>
        TypedResults.Ok(page.Of(groups.List().OrderBy(group => group.Id, StringComparer.Ordinal), group => group.Id, StringComparer.Ordinal).Select(GroupView.Of));

    private Ok<GroupView> Add(JsonBody<GroupBody> body) => TypedResults.Ok(GroupView.Of(groups.Add(body.Value.Name)));

    private NoContent Remove([Description(GroupId)] string group)
    {
        groups.Remove(groups.Get(group).Id);
        return TypedResults.NoContent();
    }

    private Ok<GroupView> Join([Description(GroupId)] string group, [Description(PersonId)] string person) => Change(group, person, groups.Join);

    private Ok<GroupView> Leave([Description(GroupId)] string group, [Description(PersonId)] string person) => Change(group, person, groups.Leave);

    private Ok<GroupView> Change(string group, string person, Action<string, string> change)
    {
        var id = groups.Get(group).Id;
        change(id, people.Get(person).Id);
        return TypedResults.Ok(GroupView.Of(groups.Get(id)));
    }
}

/// <summary>People who are given rights together.</summary>
internal sealed record GroupView(string Id, string Name, [property: Description("The names of its people.")] IReadOnlyList<string> Members)
{
    public static GroupView Of(PersonGroup group) => new(group.Id, group.Name, group.Members);
}

/// <summary>A group to make.</summary>
internal sealed record GroupBody(string Name);
