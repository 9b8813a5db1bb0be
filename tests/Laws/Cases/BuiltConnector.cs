using System.Reflection;
using System.Text.Json;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Laws.Cases;

/// <summary>A connector of this repository as its build left it, found by the name of its folder.</summary>
internal sealed record BuiltConnector(string Folder, JsonElement Manifest)
{
    public Uri BaseAddress => new(Manifest.GetProperty("http").GetProperty("baseAddress").GetString()!);

    public static BuiltConnector Find(string folderName)
    {
        var manifest = JsonElement.Parse(File.ReadAllText(Repository.PathOf("connectors", folderName, "connector.json")));
        var id = manifest.GetProperty("id").GetString()!;
        return new BuiltConnector(Repository.PathOf("artifacts", "connectors", id, manifest.GetProperty("version").GetString()!), manifest);
    }

    public IConnector Create()
    {
        var assembly = Assembly.LoadFrom(Path.Combine(Folder, $"{Manifest.GetProperty("id").GetString()}.dll"));
        var type = assembly.GetExportedTypes().Single(type => type.IsAssignableTo(typeof(IConnector)));
        return (IConnector)Activator.CreateInstance(type)!;
    }
}
