using System.Text.Json;

namespace ConnectorPlatform.Host.Metadata;

/// <summary>
/// The one folder that holds everything the platform keeps: <c>platform.json</c> (says that it is ours), <c>metadata.db</c>,
/// <c>datasets/</c>, <c>keys/</c>, <c>logs/</c>, <c>exports/</c>, <c>instances/</c>. Backing it up backs up the platform.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    private const string MarkerFile = "platform.json";
    private const int Format = 1;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly FileStream _instanceLock;

    private DataFolder(string path, WrappingKey? wrapping)
    {
        Root = path;
        KeyRing = new KeyRing(Keys, wrapping);
        foreach (var folder in new[] { DataSets, Keys, Logs, Exports, Instances })
        {
            CreateFolder(folder);
        }

        Instance = Identifier.New();
        _instanceLock = new FileStream(
            InstanceFile(Instance), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
    }

    public string Root { get; }

    /// <summary>Names this process among those that work in the folder.</summary>
    public string Instance { get; }

    public string MetadataFile => Path.Combine(Root, "metadata.db");

    public string DataSets => Path.Combine(Root, "datasets");

    public string Keys => Path.Combine(Root, "keys");

    public string Logs => Path.Combine(Root, "logs");

    /// <summary>Files made for a download, in a folder for each process; they are gone when they have been read.</summary>
    public string Exports => Path.Combine(Root, "exports");

    private string Instances => Path.Combine(Root, "instances");

    /// <summary>What opens the secrets that are stored in the folder.</summary>
    public KeyRing KeyRing { get; }

    /// <summary>Opens the folder, creating it when it is missing or empty.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="wrapping">The operator's key for its keys; null for none.</param>
    /// <exception cref="PlatformException">The folder holds something else, belongs to a newer version, or cannot be written.</exception>
    public static DataFolder Open(string path, WrappingKey? wrapping = null)
    {
        var root = Path.GetFullPath(path);
        try
        {
            CreateFolder(root);
            var marker = Path.Combine(root, MarkerFile);

            // Asked again after the look: another process may be setting the folder up just now.
            if (!File.Exists(marker) && HoldsOtherThings(root) && !File.Exists(marker))
            {
                throw new PlatformException(
                    PlatformFault.Storage,
                    $"The folder {root} holds other things and no {MarkerFile}: it is not a data folder of this platform. Name an empty folder or an existing data folder.");
            }

            if (!File.Exists(marker))
            {
                WriteMarker(marker);
            }

            CheckMarker(marker);
            return new DataFolder(root, wrapping);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PlatformException(
                PlatformFault.Storage, $"The data folder {root} cannot be used: {exception.Message}", exception);
        }
    }

    /// <summary>Whether the process of that name still works in the folder. A killed process lets go of its lock, so a stale file never counts.</summary>
    public bool IsAlive(string instance)
    {
        if (instance == Instance)
        {
            return true;
        }

        try
        {
            using var probe = new FileStream(InstanceFile(instance), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    public void Dispose() => _instanceLock.Dispose();

    private string InstanceFile(string instance) => Path.Combine(Instances, instance + ".lock");

    private static void CreateFolder(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerOnly);
        }
    }

    private static bool HoldsOtherThings(string root) =>
        Directory.EnumerateFileSystemEntries(root).Any(path => !Path.GetFileName(path).StartsWith(MarkerFile, StringComparison.Ordinal));

    /// <summary>Whole or not at all, whoever reads it meanwhile.</summary>
    private static void WriteMarker(string marker)
    {
        var partial = $"{marker}.{Guid.NewGuid():N}";
        File.WriteAllText(partial, JsonSerializer.Serialize(new Marker(Format)));
        File.Move(partial, marker, overwrite: true);
    }

    private static void CheckMarker(string marker)
    {
        Marker? content;
        try
        {
            content = JsonSerializer.Deserialize<Marker>(File.ReadAllText(marker));
        }
        catch (JsonException exception)
        {
            throw new PlatformException(
                PlatformFault.Storage, $"{marker} is damaged; restore it from a backup of the data folder.", exception);
        }

        if (content is not { Format: > 0 and <= Format })
        {
            throw new PlatformException(
                PlatformFault.Storage,
                $"{marker} names format {content?.Format}, this version knows formats up to {Format}: use the version of the platform that wrote it, or a newer one.");
        }
    }

    private sealed record Marker(int Format);
}
