using System.Text.Json;
using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.DataSets;

/// <summary>The change history of each DataSet in the metadata store; it goes with its DataSet.</summary>
internal sealed class DataSetChangeStore(MetadataDatabase database)
{
    public void Add(DataSetChange change) => database.Execute(
        "INSERT INTO dataset_changes (id, dataset_id, changed_at, changed_by, origin, fields) VALUES (@Id, @DataSetId, @ChangedAt, @ChangedBy, @Origin, @Fields)",
        new
        {
            Id = Identifier.New(),
            change.DataSetId,
            change.ChangedAt,
            change.ChangedBy,
            Origin = change.Origin.ToString(),
            Fields = JsonSerializer.Serialize(change.Fields),
        });

    /// <summary>The last changes, the newest first.</summary>
    public IReadOnlyList<DataSetChange> Of(string dataSetId, int limit) =>
    [
        .. database.Query<Row>(
            "SELECT dataset_id, changed_at, changed_by, origin, fields FROM dataset_changes WHERE dataset_id = @dataSetId ORDER BY changed_at DESC, rowid DESC LIMIT @limit",
            new { dataSetId, limit }).Select(row => row.ToChange()),
    ];

    private sealed record Row
    {
        public required string DatasetId { get; init; }

        public required DateTimeOffset ChangedAt { get; init; }

        public string? ChangedBy { get; init; }

        public required string Origin { get; init; }

        public required string Fields { get; init; }

        public DataSetChange ToChange() => new(DatasetId, ChangedAt, ChangedBy, Enum.Parse<ChangeOrigin>(Origin), JsonSerializer.Deserialize<List<FieldChange>>(Fields)!);
    }
}
