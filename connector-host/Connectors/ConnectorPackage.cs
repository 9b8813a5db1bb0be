using System.Text.Json;

namespace ConnectorPlatform.Host.Connectors;

/// <summary>A checked package: everything that can be known of a connector without running its code.</summary>
internal sealed record ConnectorPackage
{
    /// <summary>Absolute path of the package's folder.</summary>
    public required string Folder { get; init; }

    public required ConnectorManifest Manifest { get; init; }

    /// <summary>The credentials form; a package without the file has the form of its authentication (bearer: one access token).</summary>
    public required JsonElement CredentialsForm { get; init; }

    /// <summary>The details form; a package without the file has a form without fields.</summary>
    public required JsonElement DetailsForm { get; init; }

    public string SamplesFolder => Path.Combine(Folder, "samples");
}

/// <summary>One reason why a package cannot be used.</summary>
/// <param name="File">The file in the package, relative to its folder.</param>
/// <param name="Pointer">JSON pointer into the file; empty for the file as a whole.</param>
/// <param name="Message">What is wrong and what to do.</param>
internal sealed record PackageProblem(string File, string Pointer, string Message)
{
    public override string ToString() => $"{File}{(Pointer.Length > 0 ? " " + Pointer : "")}: {Message}";
}

/// <summary>A package that is listed with its reasons and never loaded.</summary>
/// <param name="Folder">Absolute path.</param>
/// <param name="Id">As the manifest says it, or else as the folders are named; null for a folder of packages that cannot be read.</param>
/// <param name="Problems">Every reason.</param>
internal sealed record BrokenPackage(string Folder, string? Id, IReadOnlyList<PackageProblem> Problems)
{
    /// <summary>As the manifest says it; null when it does not.</summary>
    public string? Version { get; init; }
}
