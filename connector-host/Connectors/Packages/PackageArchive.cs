using System.IO.Compression;
using System.Runtime.InteropServices;

namespace ConnectorPlatform.Host.Connectors.Packages;

/// <summary>A package as one file: a <c>.nupkg</c> laid out as those of .NET tools, with all dependencies inside.</summary>
internal static class PackageArchive
{
    public const string Extension = ".nupkg";

    private const string Tools = "tools/net10.0/";

    /// <summary>Unpacks the files for this machine, or else those for any.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, has another layout, or wants to write outside of the folder.</exception>
    public static void Extract(string file, string folder)
    {
        FileKind.RequireRegular(file, Path.GetFileName(file));
        using var archive = ZipFile.OpenRead(file);
        var files = archive.Entries.Select(entry => (Path: Uri.UnescapeDataString(entry.FullName), Entry: entry)).Where(item => !item.Path.EndsWith('/')).ToList();
        var root = new[] { RuntimeInformation.RuntimeIdentifier, "any" }.Select(machine => $"{Tools}{machine}/")
            .FirstOrDefault(prefix => files.Exists(item => item.Path.StartsWith(prefix, StringComparison.Ordinal)))
            ?? throw new InvalidDataException($"The archive has nothing in {Tools}any/: pack the published folder of the connector there, as a .NET tool is packed.");
        // An archive of a few kilobytes can unpack to more than the disk holds.
        var left = PackageFiles.LargestContent;
        foreach (var (path, entry) in files.Where(item => item.Path.StartsWith(root, StringComparison.Ordinal)))
        {
            var target = TargetOf(path[root.Length..], folder);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            left -= Extract(entry, target, left);
        }
    }

    private static string TargetOf(string path, string folder)
    {
        var target = Path.GetFullPath(Path.Combine(folder, path));
        return !path.Contains('\\') && target.StartsWith(Path.GetFullPath(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? target
            : throw new InvalidDataException($"The archive's entry \"{path}\" leads out of the package.");
    }

    // What an archive says of its sizes need not be true, so the bytes are counted as they come.
    private static long Extract(ZipArchiveEntry entry, string target, long limit)
    {
        using var content = entry.Open();
        using var file = new FileStream(target, FileMode.CreateNew);
        var buffer = new byte[81920];
        for (int read; (read = content.Read(buffer)) > 0;)
        {
            file.Write(buffer, 0, read);
            if (file.Length > limit)
            {
                throw new InvalidDataException($"The archive unpacks to more than {PackageFiles.LargestContent >> 20} MB.");
            }
        }

        return file.Length;
    }
}
