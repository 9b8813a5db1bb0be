namespace ConnectorPlatform.Host.Connectors;

/// <summary>No usable connector has this id and version; the message is for the user.</summary>
internal sealed class ConnectorNotFoundException(string message) : Exception(message)
{
    public static ConnectorNotFoundException For(string id, string? version, CatalogContent content, IReadOnlyList<string> folders)
    {
        var versions = content.Packages.Where(package => package.Manifest.Id == id).Select(package => package.Manifest.Version).ToList();
        var broken = content.Broken.Where(package => package.Id == id && (version is null || package.Version == version)).ToList();
        if (broken.Count > 0)
        {
            return new($"Connector \"{id}\"{(version is null ? "" : $" {version}")} cannot be used. "
                + string.Join(" ", broken.Select(package => $"{package.Folder}: {string.Join(" ", package.Problems)}")));
        }

        if (versions.Count > 0)
        {
            return new($"Connector \"{id}\" has no version {version}; installed are {string.Join(", ", versions)}.");
        }

        var known = content.Packages.Select(package => package.Manifest.Id).Distinct().ToList();
        if (known.Count == 0)
        {
            return new($"There is no connector \"{id}\": none is installed in {string.Join(", ", folders)}.");
        }

        var suggestion = Nearest(id, known) is { } nearest ? $" Did you mean \"{nearest}\"?" : "";
        return new($"There is no connector \"{id}\".{suggestion} Installed are {string.Join(", ", known)}.");
    }

    /// <summary>The known word that differs least, when it differs in no more than a third of its letters.</summary>
    private static string? Nearest(string word, IReadOnlyList<string> known)
    {
        var nearest = known.MinBy(candidate => Distance(word, candidate))!;
        return Distance(word, nearest) <= Math.Max(1, nearest.Length / 3) ? nearest : null;
    }

    /// <summary>How many letters to insert, delete or replace (Levenshtein), whatever their case.</summary>
    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var isSame = char.ToLowerInvariant(left[i - 1]) == char.ToLowerInvariant(right[j - 1]);
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (isSame ? 0 : 1)));
            }
        }

        return row[right.Length];
    }
}
