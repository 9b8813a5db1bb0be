using System.Xml.Linq;

namespace ConnectorPlatform.Host.Web.Settings;

/// <summary>A package that the host is made of, and under which licence.</summary>
/// <param name="Licence">An SPDX expression where the package gives one, else what it says instead.</param>
/// <param name="Address">Of its project or licence; null when it names none.</param>
internal sealed record PackageLicence(string Id, string Version, string Authors, string Licence, string? Address);

/// <summary>The packages as they describe themselves; the build puts these descriptions into the host.</summary>
internal static class PackageLicences
{
    private const string Prefix = "packages/";

    private static readonly Lazy<IReadOnlyList<PackageLicence>> Read = new(() =>
    [
        .. typeof(PackageLicences).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(Describe)
            .OrderBy(package => package.Id, StringComparer.OrdinalIgnoreCase),
    ]);

    public static IReadOnlyList<PackageLicence> All => Read.Value;

    private static PackageLicence Describe(string resource)
    {
        using var stream = typeof(PackageLicences).Assembly.GetManifestResourceStream(resource)!;

        // The namespace of these files changes with their format's version.
        var about = XDocument.Load(stream).Root!.Elements().First(element => element.Name.LocalName == "metadata")
            .Elements().ToLookup(element => element.Name.LocalName, StringComparer.Ordinal);
        string Text(string name) => about[name].FirstOrDefault()?.Value.Trim() ?? "";
        return new PackageLicence(Text("id"), Text("version"), Text("authors"), Licence(about["license"].FirstOrDefault(), Text("licenseUrl")), Address(Text("projectUrl"), Text("licenseUrl")));
    }

    private static string Licence(XElement? licence, string address) => licence switch
    {
        { } expression when expression.Attribute("type")?.Value == "expression" => expression.Value.Trim(),
        not null => "As in the package",
        null => address.Length > 0 ? "As at its address" : "Not said",
    };

    private static string? Address(params IEnumerable<string> addresses) =>
        addresses.FirstOrDefault(address => Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https");
}
