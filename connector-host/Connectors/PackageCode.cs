namespace ConnectorPlatform.Host.Connectors;

/// <summary>A package's connector class, found and checked without running anything.</summary>
/// <param name="Assembly">File name of the main assembly.</param>
/// <param name="ConnectorType">Full name of the connector class.</param>
internal sealed record PackageCode(string Assembly, string ConnectorType)
{
    /// <summary>Finds the connector class and checks that the package is whole; null after noting why not.</summary>
    /// <param name="folder">The package's folder.</param>
    /// <param name="assembly">The main assembly as the manifest names it; null to look for it.</param>
    /// <param name="problems">Receives what is wrong.</param>
    public static PackageCode? Find(string folder, string? assembly, ICollection<PackageProblem> problems)
    {
        var before = problems.Count;
        var contents = ReadAll(folder, problems);
        if (assembly is not null && !File.Exists(Path.Combine(folder, assembly)))
        {
            problems.Add(new(ManifestReader.File, "/assembly", $"The package has no file {assembly}."));
        }

        // A damaged file may be the very assembly that would be missed here.
        if (problems.Count > before || ChooseMain(contents, assembly, problems) is not { } main)
        {
            return null;
        }

        PublishedFiles.Check(folder, main.File, problems);
        var name = ChooseConnector(main, problems);
        return problems.Count > before ? null : new(main.File, name!);
    }

    private static List<AssemblyContent> ReadAll(string folder, ICollection<PackageProblem> problems)
    {
        var contents = new List<AssemblyContent>();
        foreach (var path in Directory.EnumerateFiles(folder, "*.dll").Order(StringComparer.Ordinal))
        {
            try
            {
                if (AssemblyContent.Read(path) is { } content)
                {
                    contents.Add(content);
                }
            }
            catch (BadImageFormatException)
            {
                problems.Add(new(Path.GetFileName(path), "", "Truncated, damaged or no library at all: publish the connector again."));
            }
        }

        return contents;
    }

    private static AssemblyContent? ChooseMain(List<AssemblyContent> contents, string? named, ICollection<PackageProblem> problems)
    {
        var users = contents.Where(content => content.ContractVersion is not null && (named is null || content.File == named)).ToList();
        var candidates = users.Where(content => content.Connectors.Count > 0).ToList();
        if (candidates.Count > 1)
        {
            problems.Add(new(ManifestReader.File, "/assembly",
                $"Several assemblies have a connector ({string.Join(", ", candidates.Select(content => content.File))}): name the one to use as \"assembly\"."));
            return null;
        }

        if ((candidates.FirstOrDefault() ?? users.FirstOrDefault()) is not { } main)
        {
            problems.Add(new(named ?? "", "", named is null
                ? "No assembly here uses ConnectorPlatform.Contracts: a package has one class that implements IConnector."
                : "Does not use ConnectorPlatform.Contracts: the main assembly has the class that implements IConnector."));
            return null;
        }

        if (ContractVersion.Objection(main.ContractVersion!) is not { } objection)
        {
            return main;
        }

        problems.Add(new(main.File, "", objection));
        return null;
    }

    private static string? ChooseConnector(AssemblyContent main, ICollection<PackageProblem> problems)
    {
        var usable = main.Connectors.Where(connector => connector.Obstacle is null).ToList();
        if (usable.Count == 1)
        {
            return usable[0].Name;
        }

        var reason = (usable.Count, main.Connectors.Count) switch
        {
            ( > 1, _) => $"Several connector classes: {string.Join(" and ", usable.Select(connector => connector.Name))}. A package has exactly one.",
            (_, 0) => "No class implements IConnector (a class that inherits it from another assembly must name it again).",
            _ => $"No connector class can be created: {string.Join("; ", main.Connectors.Select(connector => $"{connector.Name} {connector.Obstacle}"))}.",
        };
        problems.Add(new(main.File, "", reason));
        return null;
    }
}
