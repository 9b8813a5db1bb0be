using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Author;

/// <summary>A copy of the project <c>hello</c> with what it needs to build, for a test to change.</summary>
public sealed class ConnectorProject : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ConnectorProject()
    {
        string[] files = ["Directory.Build.props", "Directory.Packages.props", "global.json", ".editorconfig", "connectors/Directory.Build.props"];
        foreach (var file in files)
        {
            Copy(Repository.PathOf(file), _folder.File(file));
        }

        // The compiler's analyzers are not what is tested, and take most of its time.
        Edit(_folder.File("Directory.Build.props"), "<EnforceCodeStyleInBuild>true", "<EnforceCodeStyleInBuild>false");
        Edit(_folder.File("Directory.Build.props"), "<AnalysisLevel>latest-recommended</AnalysisLevel>", "<RunAnalyzers>false</RunAnalyzers>");
        foreach (var folder in new[] { "contracts", "connectors/hello" })
        {
            foreach (var file in Directory.EnumerateFiles(Repository.PathOf(folder), "*", SearchOption.AllDirectories))
            {
                Copy(file, _folder.File(folder, Path.GetRelativePath(Repository.PathOf(folder), file)));
            }
        }
    }

    public string Folder => _folder.File("connectors", "hello");

    public string Source => Path.Combine(Folder, "HelloConnector.cs");

    public void Edit(string file, string before, string after)
    {
        var text = File.ReadAllText(file);
        Assert.Contains(before, text, StringComparison.Ordinal);
        File.WriteAllText(file, text.Replace(before, after, StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Dispose();

    internal HostProgram Program() => new(_folder.File("data"));

    private static void Copy(string file, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Copy(file, target);
    }
}
