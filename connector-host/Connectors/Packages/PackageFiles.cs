using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ConnectorPlatform.Host.Connectors.Packages;

/// <summary>The files of a package, without following links: a link could bring foreign files into the store.</summary>
internal static class PackageFiles
{
    /// <summary>How much a package may hold.</summary>
    public const long LargestContent = 1L << 30;

    /// <summary>Every file below the folder, by relative path with slashes, in ordinal order.</summary>
    /// <exception cref="InvalidDataException">There is something else among them: a link, a pipe, a device.</exception>
    public static IReadOnlyList<(string Path, FileInfo File)> List(string folder)
    {
        var files = new List<(string Path, FileInfo File)>();
        Collect(new DirectoryInfo(folder), "", files);
        files.Sort((left, right) => string.CompareOrdinal(left.Path, right.Path));
        return files;
    }

    /// <exception cref="InvalidDataException">It is too large, or <see cref="List"/> refuses it.</exception>
    public static void Copy(string source, string target)
    {
        var files = List(source);
        if (files.Sum(item => item.File.Length) > LargestContent)
        {
            throw new InvalidDataException($"The package holds more than {LargestContent >> 20} MB.");
        }

        foreach (var (path, file) in files)
        {
            var copy = Path.Combine(target, path);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            file.CopyTo(copy);
        }
    }

    /// <summary>SHA-256, in hexadecimal, over path, length and bytes of every file.</summary>
    public static string Hash(string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (path, file) in List(folder))
        {
            var content = File.ReadAllBytes(file.FullName);
            AddEntry(hash, path, content.Length);
            hash.AppendData(content);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Changes whenever a path, a size or a time of change does; cheap enough to ask for every second.</summary>
    /// <param name="source">A folder or a file.</param>
    public static string Signature(string source)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (path, file) in File.Exists(source) ? [Archive(source)] : List(source))
        {
            AddEntry(hash, path, file.Length);
            AddNumber(hash, file.LastWriteTimeUtc.Ticks);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static (string Path, FileInfo File) Archive(string source)
    {
        FileKind.RequireRegular(source, Path.GetFileName(source));
        return ("", new FileInfo(source));
    }

    private static void Collect(DirectoryInfo folder, string prefix, List<(string Path, FileInfo File)> files)
    {
        foreach (var entry in folder.EnumerateFileSystemInfos())
        {
            if (entry.Attributes.HasFlag(FileAttributes.ReparsePoint))
            {
                throw new InvalidDataException($"{prefix}{entry.Name} is a link: put the file itself into the package.");
            }

            if (entry is DirectoryInfo inner)
            {
                Collect(inner, $"{prefix}{entry.Name}/", files);
            }
            else
            {
                FileKind.RequireRegular(entry.FullName, prefix + entry.Name);
                files.Add((prefix + entry.Name, (FileInfo)entry));
            }
        }
    }

    private static void AddEntry(IncrementalHash hash, string path, long length)
    {
        hash.AppendData(Encoding.UTF8.GetBytes(path + '\0'));
        AddNumber(hash, length);
    }

    private static void AddNumber(IncrementalHash hash, long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        hash.AppendData(bytes);
    }
}
