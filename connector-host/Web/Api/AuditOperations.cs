using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using ConnectorPlatform.Host.Audit;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ConnectorPlatform.Host.Web.Api;

/// <summary>Who did what when.</summary>
internal sealed class AuditOperations(AuditLog log)
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var operations = api.ServiceProvider.GetRequiredService<AuditOperations>();
        api.MapGroup("").WithTags("Platform").MapGet("/audit", operations.List)
            .Is("listAudit", "List the audit log", "Every change and every use of a stored secret, the newest first.").Fails(StatusCodes.Status400BadRequest);
    }

    private Ok<ListPage<AuditLineView>> List(
        [AsParameters] PageQuery page,
        [Description("Only what this one did: part of a name, or an id or address.")] string? who,
        [Description("Only such actions: part of the word.")] string? what,
        [Description("Only what was done to it: part of its name, or its id, or a kind such as account.")] string? subject,
        [Description("Only from this instant on.")] DateTimeOffset? from,
        [Description("Only before this instant.")] DateTimeOffset? until)
    {
        var search = new AuditSearch { Who = who, What = what, Subject = subject, From = from, Until = until };
        return TypedResults.Ok(page.Of(log.Find(search, page.Offset == 0 ? null : page.Offset, page.Count + 1), entry => entry.Sequence.ToString(CultureInfo.InvariantCulture)).Select(AuditLineView.Of));
    }
}

/// <summary>A line of the audit log.</summary>
internal sealed record AuditLineView
{
    public required long Sequence { get; init; }

    public required DateTimeOffset At { get; init; }

    public required AuditActorView Actor { get; init; }

    public required string Action { get; init; }

    public required AuditSubjectView Subject { get; init; }

    [Description("Without secrets; null where there was nothing.")]
    public required JsonElement? Before { get; init; }

    [Description("Without secrets; null where there is nothing any more.")]
    public required JsonElement? After { get; init; }

    [Description("Over this line and the hash of the line before.")]
    public required string Hash { get; init; }

    public static AuditLineView Of(AuditEntry entry) => new()
    {
        Sequence = entry.Sequence,
        At = entry.At,
        Actor = new AuditActorView(entry.ActorKind, entry.ActorId, entry.ActorName, entry.Address),
        Action = entry.Action,
        Subject = new AuditSubjectView(entry.SubjectKind, entry.SubjectId, entry.SubjectName),
        Before = Parsed(entry.Before),
        After = Parsed(entry.After),
        Hash = entry.Hash,
    };

    private static JsonElement? Parsed(string? json) => json is null ? null : JsonElement.Parse(json);
}

/// <summary>Who acted.</summary>
internal sealed record AuditActorView(ActorKind Kind, string? Id, string Name, [property: Description("From where, when it came over the network.")] string? Address);

/// <summary>On what.</summary>
internal sealed record AuditSubjectView(string Kind, string Id, [property: Description("As it was called then.")] string Name);
