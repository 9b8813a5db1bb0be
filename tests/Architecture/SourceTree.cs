using System.Text.RegularExpressions;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Architecture;

/// <summary>A source file as the rules look at it.</summary>
/// <param name="Path">Relative to the repository, with slashes.</param>
internal sealed record SourceFile(string Path, string[] Lines)
{
    public string Folder => Path[..Math.Max(0, Path.LastIndexOf('/'))];

    /// <summary>The folder below <c>connector-host</c>; empty for files at its top.</summary>
    public string Feature => Path.Split('/') is ["connector-host", var feature, _, ..] ? feature : "";

    /// <summary>The lines without comments that stand alone.</summary>
    public IEnumerable<string> Code => Lines.Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal));

    public IEnumerable<string> Usings => Lines
        .Select(line => Regex.Match(line, @"^(?:global )?using (?:static |\w+ = )?([\w.]+);"))
        .Where(match => match.Success)
        .Select(match => match.Groups[1].Value);
}

/// <summary>The sources of the repository, without what the build makes.</summary>
internal static class SourceTree
{
    public static IReadOnlyList<SourceFile> Host { get; } = Read("connector-host");

    public static IReadOnlyList<SourceFile> Contracts { get; } = Read("contracts");

    public static IReadOnlyList<SourceFile> Connectors { get; } = Read("connectors");

    public static IReadOnlyList<SourceFile> Tests { get; } = Read("tests");

    public static IEnumerable<SourceFile> All => [.. Host, .. Contracts, .. Connectors, .. Tests];

    private static List<SourceFile> Read(string folder) =>
    [
        .. Directory.EnumerateFiles(Repository.PathOf(folder), "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'))
            .Where(path => !path.Split('/').Intersect(["obj", "bin"]).Any())
            .Order(StringComparer.Ordinal)
            .Select(path => new SourceFile(path, File.ReadAllLines(Repository.PathOf(path)))),
    ];
}
