using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ConnectorPlatform.Host.Connectors.Packages;

/// <summary>What is installed, which version new runs take, and what each source held when it was last looked at: <c>connectors.lock.json</c>.</summary>
internal sealed record ConnectorsLock
{
    private const int CurrentFormat = 1;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public int Format { get; init; } = CurrentFormat;

    /// <summary>By id.</summary>
    public IReadOnlyList<LockedConnector> Connectors { get; init; } = [];

    public IReadOnlyList<SeenSource> Sources { get; init; } = [];

    public LockedConnector? Find(string id) => Connectors.FirstOrDefault(connector => connector.Id == id);

    /// <summary>With the connector in place of the one of the same id; without it when it has no version left.</summary>
    public ConnectorsLock With(LockedConnector connector) => this with
    {
        Connectors =
        [
            .. Connectors.Where(other => other.Id != connector.Id).Concat(connector.Versions.Count > 0 ? [connector] : [])
                .OrderBy(other => other.Id, StringComparer.Ordinal),
        ],
    };

    public ConnectorsLock With(SeenSource source) => this with { Sources = [.. Sources.Where(other => other.Path != source.Path), source] };

    /// <summary>An empty one when there is no file.</summary>
    /// <exception cref="PlatformException">The file is damaged, or of a newer version of the platform.</exception>
    public static ConnectorsLock Read(string file)
    {
        try
        {
            var content = File.Exists(file) ? JsonSerializer.Deserialize<ConnectorsLock>(File.ReadAllBytes(file), Options)! : new ConnectorsLock();
            return content.Format <= CurrentFormat
                ? content
                : throw new PlatformException(PlatformFault.Storage, $"{file} is of format {content.Format}, this version knows formats up to {CurrentFormat}: use a newer version of the platform.");
        }
        catch (JsonException exception)
        {
            throw new PlatformException(
                PlatformFault.Storage, $"{file} is damaged: restore it from a backup, or delete it and the connectors are installed anew from their sources.", exception);
        }
    }

    /// <summary>Replaces the file all at once: whoever reads it, and whenever the power fails, it is whole.</summary>
    public void Write(string file)
    {
        var draft = file + ".tmp";
        using (var stream = new FileStream(draft, FileMode.Create))
        {
            JsonSerializer.Serialize(stream, this, Options);
            stream.Flush(flushToDisk: true);
        }

        File.Move(draft, file, overwrite: true);
    }
}

/// <summary>One connector with its installed versions.</summary>
internal sealed record LockedConnector
{
    public required string Id { get; init; }

    /// <summary>The version that new runs take; null when none may be used yet.</summary>
    public string? Active { get; init; }

    /// <summary>The version that was active before; a rollback goes back to it.</summary>
    public string? Previous { get; init; }

    /// <summary>Who chose the active version, which then stays when a higher one is installed; null when the highest is active.</summary>
    public string? ChosenBy { get; init; }

    public bool IsDisabled { get; init; }

    /// <summary>The highest first.</summary>
    public IReadOnlyList<LockedVersion> Versions { get; init; } = [];

    public LockedVersion? Find(string version) => Versions.FirstOrDefault(other => other.Version == version);

    public LockedConnector With(LockedVersion version) => this with
    {
        Versions = [.. Versions.Where(other => other.Version != version.Version).Append(version).OrderByDescending(other => SemanticVersion.Parse(other.Version))],
    };

    public LockedConnector Activated(string version, string? chosenBy) =>
        this with { Active = version, Previous = Active is null || Active == version ? Previous : Active, ChosenBy = chosenBy };
}

/// <summary>One installed version.</summary>
internal sealed record LockedVersion
{
    public required string Version { get; init; }

    /// <summary>Over path, length and bytes of every file, in hexadecimal.</summary>
    public required string Sha256 { get; init; }

    public required string Contract { get; init; }

    /// <summary>Where it was taken from.</summary>
    public required string Source { get; init; }

    public required DateTimeOffset FirstSeen { get; init; }

    /// <summary>The hosts that it may reach.</summary>
    public required IReadOnlyList<string> AllowedHosts { get; init; }

    /// <summary>Null while it waits for approval, or when its first trial failed.</summary>
    public string? ApprovedBy { get; init; }

    /// <summary>Why it did not become active, or may not be used; null when nothing is against it.</summary>
    public string? Reason { get; init; }

    /// <summary>Until when its runs are refused, because its process has crashed again and again.</summary>
    public DateTimeOffset? QuarantinedUntil { get; init; }

    /// <summary>How its process crashed the last time before that.</summary>
    public string? QuarantineReason { get; init; }

    /// <summary>Whether its code has been loaded on trial.</summary>
    public bool IsTried { get; init; }

    [JsonIgnore]
    public bool IsUsable => ApprovedBy is not null;
}

/// <summary>What a source held when it was last looked at: it is looked at again only when its bytes change.</summary>
internal sealed record SeenSource
{
    /// <summary>A folder or an archive.</summary>
    public required string Path { get; init; }

    public required string Signature { get; init; }

    public required DateTimeOffset SeenAt { get; init; }

    public string? Id { get; init; }

    public string? Version { get; init; }

    /// <summary>Of the refused bytes, when they could be read.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Whether it was refused by its trial, which would end the same way until its bytes change.</summary>
    public bool IsTried { get; init; }

    /// <summary>Why it was refused; empty when it was installed.</summary>
    public IReadOnlyList<PackageProblem> Problems { get; init; } = [];
}
