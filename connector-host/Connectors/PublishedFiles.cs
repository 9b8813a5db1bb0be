using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace ConnectorPlatform.Host.Connectors;

/// <summary>
/// Checks that a package has all the files that its <c>.deps.json</c> lists. Without the check a library that is missing
/// would silently be taken from the host, in the host's version; and a truncated native library kills the process.
/// </summary>
internal static class PublishedFiles
{
    public static void Check(string folder, string mainAssembly, ICollection<PackageProblem> problems)
    {
        var file = Path.ChangeExtension(mainAssembly, ".deps.json");
        if (!File.Exists(Path.Combine(folder, file)))
        {
            problems.Add(new(file, "", "Missing: it lists the files that the connector needs. Publish the connector, or set EnableDynamicLoading."));
            return;
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, file)));
            if (MachineOf(document.RootElement) is { } machine && !Served().Contains(machine))
            {
                problems.Add(new(file, "", $"Published for {machine}, this machine is {RuntimeInformation.RuntimeIdentifier}: publish it for this machine, or without a runtime identifier for all."));
                return;
            }

            foreach (var asset in Assets(document.RootElement).Distinct())
            {
                var path = Path.Combine(folder, asset);
                if (!File.Exists(path))
                {
                    problems.Add(new(asset, "", $"Missing, but listed in {file}: publish the connector again and copy the whole folder."));
                }
                else if (IsForeignElf(path))
                {
                    problems.Add(new(asset, "", $"Compiled for another processor than this machine's, {RuntimeInformation.OSArchitecture}: publish the connector for this machine."));
                }
                else if (IsTruncatedElf(path))
                {
                    problems.Add(new(asset, "", "Truncated: copy the whole file."));
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            problems.Add(new(file, "", "Not a file as the SDK writes it: publish the connector again."));
        }
    }

    /// <summary>Paths in the package's folder: publishing puts all files there but those for one kind of machine, which keep their folder.</summary>
    private static IEnumerable<string> Assets(JsonElement dependencies)
    {
        var target = dependencies.GetProperty("runtimeTarget").GetProperty("name").GetString()!;
        foreach (var library in dependencies.GetProperty("targets").GetProperty(target).EnumerateObject().Select(library => library.Value))
        {
            foreach (var asset in Members(library, "runtime").Concat(Members(library, "native")))
            {
                yield return Path.GetFileName(asset.Name);
            }

            foreach (var asset in Members(library, "runtimeTargets").Where(asset => IsForThisMachine(asset.Value)))
            {
                yield return asset.Name;
            }
        }
    }

    private static JsonElement.ObjectEnumerator Members(JsonElement library, string name) =>
        library.TryGetProperty(name, out var members) ? members.EnumerateObject() : default;

    private static bool IsForThisMachine(JsonElement asset) => Served().Contains(asset.GetProperty("rid").GetString());

    /// <summary>The runtime identifier that the package was published for; null when it is for all.</summary>
    private static string? MachineOf(JsonElement dependencies) =>
        dependencies.GetProperty("runtimeTarget").GetProperty("name").GetString()!.Split('/') is [_, var machine, ..] && machine.Length > 0 ? machine : null;

    private static string?[] Served()
    {
        var machine = RuntimeInformation.RuntimeIdentifier;
        var system = machine[..machine.LastIndexOf('-')];
        var architecture = machine[(machine.LastIndexOf('-') + 1)..];
        return OperatingSystem.IsWindows() ? [machine, system, "any"] : [machine, system, $"unix-{architecture}", "unix", "any"];
    }

    private static bool IsForeignElf(string path)
    {
        Span<byte> header = stackalloc byte[20];
        using var stream = File.OpenRead(path);
        ushort? own = RuntimeInformation.OSArchitecture switch
        {
            Architecture.X64 => 0x3E,
            Architecture.Arm64 => 0xB7,
            _ => null,
        };
        return own is not null
            && stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) == header.Length
            && header.StartsWith("\u007fELF"u8)
            && BinaryPrimitives.ReadUInt16LittleEndian(header[0x12..]) != own;
    }

    /// <summary>Whether the file is a 64-bit ELF library whose section table, which linkers write last, is not all there.</summary>
    private static bool IsTruncatedElf(string path)
    {
        Span<byte> header = stackalloc byte[64];
        using var stream = File.OpenRead(path);
        if (stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length || !header.StartsWith("\u007fELF\u0002"u8))
        {
            return false;
        }

        var tableOffset = BinaryPrimitives.ReadUInt64LittleEndian(header[0x28..]);
        var entrySize = BinaryPrimitives.ReadUInt16LittleEndian(header[0x3A..]);
        var entryCount = BinaryPrimitives.ReadUInt16LittleEndian(header[0x3C..]);
        return tableOffset + ((ulong)entrySize * entryCount) > (ulong)stream.Length;
    }
}
