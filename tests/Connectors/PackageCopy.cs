using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Connectors;

/// <summary>A copy of a package that the build published, for a test to break.</summary>
internal sealed class PackageCopy
{
    public string Folder { get; }

    /// <param name="id">Of a connector under <c>connectors/</c> or <c>tests/plugins/</c>.</param>
    /// <param name="target">Where the copy shall lie.</param>
    public PackageCopy(string id, string target)
    {
        Folder = target;
        var origin = Built(id);
        foreach (var file in Directory.EnumerateFiles(origin, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(origin, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public static string Built(string id)
    {
        string[] kinds = ["connectors", "test-plugins"];
        return kinds.Select(kind => Repository.PathOf("artifacts", kind, id)).Where(Directory.Exists)
            .Select(folder => Directory.GetDirectories(folder).MaxBy(version => SemanticVersion.Parse(Path.GetFileName(version)))).FirstOrDefault()
            ?? throw new InvalidOperationException($"The build has published no package \"{id}\".");
    }

    public string PathOf(string file) => Path.Combine(Folder, file);

    public PackageCopy Write(string file, string text)
    {
        File.WriteAllText(PathOf(file), text);
        return this;
    }

    public PackageCopy Delete(string file)
    {
        File.Delete(PathOf(file));
        return this;
    }

    public PackageCopy Truncate(string file, double part = 0.5)
    {
        using var stream = File.OpenWrite(PathOf(file));
        stream.SetLength((long)(stream.Length * part));
        return this;
    }

    public PackageCopy Edit(string file, Action<JsonObject> edit)
    {
        var document = JsonNode.Parse(File.ReadAllText(PathOf(file)))!.AsObject();
        edit(document);
        return Write(file, document.ToJsonString());
    }

    public PackageCopy EditManifest(Action<JsonObject> edit) => Edit(ManifestReader.File, edit);

    /// <summary>Makes the assembly look as if it had been compiled for another version of the contract.</summary>
    public PackageCopy SetContractMajor(string assembly, ushort major)
    {
        var bytes = File.ReadAllBytes(PathOf(assembly));
        using var image = new PEReader(new MemoryStream(bytes));
        var metadata = image.GetMetadataReader();
        var row = metadata.AssemblyReferences
            .Single(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name) == "ConnectorPlatform.Contracts");
        // A row of the AssemblyRef table begins with the major version.
        var offset = image.PEHeaders.MetadataStartOffset + metadata.GetTableMetadataOffset(TableIndex.AssemblyRef)
            + ((MetadataTokens.GetRowNumber(row) - 1) * metadata.GetTableRowSize(TableIndex.AssemblyRef));
        BitConverter.TryWriteBytes(bytes.AsSpan(offset), major);
        File.WriteAllBytes(PathOf(assembly), bytes);
        return this;
    }

    /// <summary>The package as the catalog sees it.</summary>
    public ConnectorPackage Read()
    {
        var (package, broken) = new PackageReader(Folder, AnyForm).Read();
        return package ?? throw new InvalidOperationException(string.Join("\n", broken!.Problems));
    }

    public IReadOnlyList<PackageProblem> Problems() => new PackageReader(Folder, AnyForm).Read().Broken?.Problems ?? [];

    public static IEnumerable<PackageProblem> AnyForm(string file, JsonElement form) => [];
}
