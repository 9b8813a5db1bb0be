using System.Globalization;
using ConnectorPlatform.Host.Connectors;

namespace ConnectorPlatform.Host.Web.Connectors;

/// <summary>A connector as a page shows it among others.</summary>
/// <param name="Letter">Stands where there is no icon.</param>
internal sealed record ConnectorCard(string Id, string Name, string Category, string Description, string Version, bool HasIcon, string Letter)
{
    public static ConnectorCard Of(ConnectorManifest manifest) => new(
        manifest.Id, manifest.Name, manifest.Category, manifest.Description, manifest.Version, manifest.Icon is not null, StringInfo.GetNextTextElement(manifest.Name));

    /// <summary>Each connector once, by name.</summary>
    public static IReadOnlyList<ConnectorCard> All(ConnectorCatalog catalog) =>
        [.. catalog.Packages.Select(package => package.Manifest).DistinctBy(manifest => manifest.Id).OrderBy(manifest => manifest.Name, StringComparer.OrdinalIgnoreCase).Select(Of)];
}
