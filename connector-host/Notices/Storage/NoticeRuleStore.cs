using System.Text.Json;
using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.Notices.Storage;

/// <summary>Rules in the metadata store, their secrets encrypted with the keys of the data folder.</summary>
internal sealed class NoticeRuleStore(MetadataDatabase database, DataFolder folder)
{
    private const string Columns = "id, name, dataset_id, causes, channel, target, subject, body, created_at";

    private readonly SecretBox _secrets = new(folder, "notice-secrets");

    public IReadOnlyList<NoticeRule> List() =>
        [.. database.Query<Row>($"SELECT {Columns} FROM notice_rules ORDER BY name").Select(row => row.ToRule())];

    public NoticeRule? FindById(string id) => database.Find<Row>($"SELECT {Columns} FROM notice_rules WHERE id = @id", new { id })?.ToRule();

    /// <exception cref="PlatformException">There is no rule of that name.</exception>
    public NoticeRule Get(string name) =>
        database.Find<Row>($"SELECT {Columns} FROM notice_rules WHERE name = @name", new { name })?.ToRule()
        ?? throw new PlatformException(PlatformFault.NotFound, $"There is no notice rule \"{name}\". See \"notice list\".");

    /// <exception cref="PlatformException">The name is taken.</exception>
    public void Add(NoticeRule rule, NoticeSecret secret)
    {
        var added = database.TryInsert(
            $"INSERT INTO notice_rules ({Columns}, secret) VALUES (@Id, @Name, @DataSetId, @Causes, @Channel, @Target, @Subject, @Body, @CreatedAt, @Secret)",
            new
            {
                rule.Id,
                rule.Name,
                rule.DataSetId,
                Causes = JsonSerializer.Serialize(rule.Causes.Select(cause => cause.ToString())),
                Channel = rule.Channel.ToString(),
                Target = JsonSerializer.Serialize(rule.Target),
                rule.Subject,
                rule.Body,
                rule.CreatedAt,
                Secret = _secrets.Protect(JsonSerializer.Serialize(secret)),
            });
        if (!added)
        {
            throw new PlatformException(PlatformFault.Input, $"There is a notice rule \"{rule.Name}\" already; choose another name or remove it first.");
        }
    }

    /// <summary>Removes the rule with its log.</summary>
    public void Remove(NoticeRule rule) => database.Execute("DELETE FROM notice_rules WHERE id = @Id", new { rule.Id });

    /// <summary>The secret in clear text, for one delivery, of which the audit log then tells.</summary>
    /// <exception cref="PlatformException">The keys of the data folder do not open it, or the rule is gone.</exception>
    public NoticeSecret Reveal(NoticeRule rule)
    {
        var stored = database.Find<string>("SELECT secret FROM notice_rules WHERE id = @Id", new { rule.Id })
            ?? throw new PlatformException(PlatformFault.NotFound, $"The notice rule \"{rule.Name}\" is gone.");
        database.Execute(
            "INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name, after) VALUES ('secret used', 'notice rule', @Id, @Name, json_object('for', 'a delivery'))",
            new { rule.Id, rule.Name });
        return JsonSerializer.Deserialize<NoticeSecret>(_secrets.Reveal(stored, $"The secret of notice rule \"{rule.Name}\"", "remove the rule and add it again"))!;
    }

    private sealed record Row
    {
        public required string Id { get; init; }
        public required string Name { get; init; }
        public string? DatasetId { get; init; }
        public required string Causes { get; init; }
        public required string Channel { get; init; }
        public required string Target { get; init; }
        public string? Subject { get; init; }
        public string? Body { get; init; }
        public required DateTimeOffset CreatedAt { get; init; }

        public NoticeRule ToRule() => new()
        {
            Id = Id,
            Name = Name,
            DataSetId = DatasetId,
            Causes = [.. JsonSerializer.Deserialize<string[]>(Causes)!.Select(Enum.Parse<NoticeCause>)],
            Channel = Enum.Parse<NoticeChannel>(Channel),
            Target = JsonSerializer.Deserialize<NoticeTarget>(Target)!,
            Subject = Subject,
            Body = Body,
            CreatedAt = CreatedAt,
        };
    }
}
