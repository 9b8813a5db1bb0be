using System.Text.Json;
using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.DataSets;

/// <summary>DataSet configurations in the metadata store.</summary>
internal sealed class DataSetConfigurationStore(MetadataDatabase database)
{
    private const string Columns = "id, name, connector, account_id, details, details_version, update_method, rules, description, tags, version, created_at, updated_at";

    private static readonly string Seen = Viewer.Sees("DataSet", "datasets.id");

    public IReadOnlyList<DataSetConfiguration> List() =>
        [.. database.Query<Row>($"SELECT {Columns} FROM datasets WHERE {Seen} ORDER BY name", new { viewer = Viewer.Filter }).Select(row => row.ToConfiguration())];

    public long Count() => database.Find<long>("SELECT count(*) FROM datasets");

    public DataSetConfiguration? Find(string name) =>
        database.Find<Row>($"SELECT {Columns} FROM datasets WHERE (name = @name OR id = @name) AND {Seen} ORDER BY name = @name DESC LIMIT 1", new { name, viewer = Viewer.Filter })?.ToConfiguration();

    public DataSetConfiguration? FindById(string id) => database.Find<Row>($"SELECT {Columns} FROM datasets WHERE id = @id AND {Seen}", new { id, viewer = Viewer.Filter })?.ToConfiguration();

    /// <summary>Whether a DataSet has the name, also one that the viewer does not see.</summary>
    public bool IsTaken(string name) => database.Find<bool>("SELECT EXISTS (SELECT 1 FROM datasets WHERE name = @name)", new { name });

    /// <exception cref="PlatformException">There is no DataSet of that name or id.</exception>
    public DataSetConfiguration Get(string name) =>
        Find(name) ?? throw new PlatformException(PlatformFault.NotFound, $"There is no DataSet \"{name}\". See \"dataset list\".");

    /// <exception cref="PlatformException">The name is taken.</exception>
    public void Add(DataSetConfiguration dataSet)
    {
        var added = database.TryInsert(
            $"INSERT INTO datasets ({Columns}) VALUES (@Id, @Name, @Connector, @AccountId, @Details, @DetailsVersion, @UpdateMethod, @Rules, @Description, @Tags, @Version, @CreatedAt, @UpdatedAt); " + Viewer.Owning("DataSet"),
            ValuesOf(dataSet));
        if (!added)
        {
            throw new PlatformException(PlatformFault.Input, $"There is a DataSet \"{dataSet.Name}\" already; choose another name.");
        }
    }

    /// <summary>Stores a DataSet's configuration, for its next run on, as the version after its own.</summary>
    /// <returns>False when its version is not the stored one any more.</returns>
    public bool TryUpdate(DataSetConfiguration dataSet) => database.Execute(
        "UPDATE datasets SET name = @Name, account_id = @AccountId, details = @Details, details_version = @DetailsVersion, update_method = @UpdateMethod, "
        + "rules = @Rules, description = @Description, tags = @Tags, version = version + 1, updated_at = @UpdatedAt WHERE id = @Id AND version = @Version",
        ValuesOf(dataSet)) > 0;

    /// <summary>Gives the DataSet its next version, for a change of something that belongs to it.</summary>
    public void Touch(string id, DateTimeOffset now) =>
        database.Execute("UPDATE datasets SET version = version + 1, updated_at = @now WHERE id = @id", new { id, now });

    public void Delete(string id) => database.Execute("DELETE FROM datasets WHERE id = @id", new { id });

    /// <summary>Takes the next fence number of the DataSet: greater than that of every run before.</summary>
    public long NextFence(string id) =>
        database.Find<long>("UPDATE datasets SET last_fence = last_fence + 1 WHERE id = @id RETURNING last_fence", new { id });

    private static object ValuesOf(DataSetConfiguration dataSet) => new
    {
        dataSet.Id,
        dataSet.Name,
        dataSet.Connector,
        dataSet.AccountId,
        Details = dataSet.Details.GetRawText(),
        dataSet.DetailsVersion,
        UpdateMethod = dataSet.UpdateMethod.ToString(),
        Rules = dataSet.Rules.ToJson(),
        dataSet.Description,
        Tags = JsonSerializer.Serialize(dataSet.Tags),
        dataSet.Version,
        dataSet.CreatedAt,
        dataSet.UpdatedAt,
        Viewer.Owner,
    };

    private sealed record Row
    {
        public required string Id { get; init; }

        public required string Name { get; init; }

        public required string Connector { get; init; }

        public string? AccountId { get; init; }

        public required string Details { get; init; }

        public required int DetailsVersion { get; init; }

        public required string UpdateMethod { get; init; }

        public required string Rules { get; init; }

        public required string Description { get; init; }

        public required string Tags { get; init; }

        public required long Version { get; init; }

        public required DateTimeOffset CreatedAt { get; init; }

        public required DateTimeOffset UpdatedAt { get; init; }

        public DataSetConfiguration ToConfiguration() => new()
        {
            Id = Id,
            Name = Name,
            Connector = Connector,
            AccountId = AccountId,
            Details = JsonElement.Parse(Details),
            DetailsVersion = DetailsVersion,
            UpdateMethod = Enum.Parse<UpdateMethod>(UpdateMethod),
            Rules = DataSetRules.Parse(Rules),
            Description = Description,
            Tags = JsonSerializer.Deserialize<string[]>(Tags)!,
            Version = Version,
            CreatedAt = CreatedAt,
            UpdatedAt = UpdatedAt,
        };
    }
}
