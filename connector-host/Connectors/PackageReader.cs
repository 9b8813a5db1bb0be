using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace ConnectorPlatform.Host.Connectors;

/// <summary>Checks a form of a package against the dialect.</summary>
/// <param name="file"><c>credentials.json</c> or <c>details.json</c>.</param>
/// <param name="form">The file's content.</param>
/// <returns>Every problem; none for a form that can be used.</returns>
internal delegate IEnumerable<PackageProblem> FormCheck(string file, JsonElement form);

/// <summary>Reads and checks one package's folder, noting every problem on the way.</summary>
/// <param name="folder">Where its files lie.</param>
/// <param name="checkForm">The dialect's lint.</param>
/// <param name="origin">Where its user knows it to be, for a copy; null for the folder itself.</param>
internal sealed class PackageReader(string folder, FormCheck checkForm, string? origin = null)
{
    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    private readonly List<PackageProblem> _problems = [];
    private readonly string _origin = origin ?? folder;
    private string? _id;
    private string? _version;

    /// <summary>Whether it has been checked before as it is, so that its content is read and nothing else.</summary>
    public bool IsKnownWhole { get; init; }

    /// <summary>Exactly one of the two is null.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "One package, however broken, must not keep the host from the others.")]
    public (ConnectorPackage? Package, BrokenPackage? Broken) Read()
    {
        ConnectorPackage? package = null;
        try
        {
            package = ReadPackage();
        }
        catch (Exception exception)
        {
            _problems.Add(new("", "", $"Cannot be read: {exception.Message}"));
        }

        return package is not null && _problems.Count == 0
            ? (package, null)
            : (null, new BrokenPackage(_origin, _id ?? IdFromFolders(), _problems) { Version = _version });
    }

    private ConnectorPackage? ReadPackage()
    {
        var document = ReadJson(ManifestReader.File);
        _id = TextOf(document, "id");
        _version = TextOf(document, "version");
        var manifest = document is { } json ? ManifestReader.Read(json, _problems) : null;
        var credentials = ReadForm("credentials.json");
        var details = ReadForm("details.json");
        if (!IsKnownWhole)
        {
            CheckContract(TextOf(document, "contract"));
            CheckIcon(manifest?.Icon);
            PackageCode.Find(folder, manifest?.Assembly, _problems);
        }

        if (manifest is null)
        {
            return null;
        }

        var package = new ConnectorPackage
        {
            Folder = folder,
            Manifest = manifest,
            CredentialsForm = credentials ?? StandardForms.CredentialsFor(manifest.Http.Authentication),
            DetailsForm = details ?? StandardForms.NoDetails,
        };
        if (!IsKnownWhole && (credentials is not null || !File.Exists(Path.Combine(folder, "credentials.json"))))
        {
            _problems.AddRange(AuthenticationCheck.Check(manifest.Http.Authentication, package.CredentialsForm));
        }

        return package;
    }

    private JsonElement? ReadForm(string file)
    {
        if (!File.Exists(Path.Combine(folder, file)) || ReadJson(file) is not { } form)
        {
            return null;
        }

        if (!IsKnownWhole)
        {
            _problems.AddRange(checkForm(file, form));
        }

        return form;
    }

    private JsonElement? ReadJson(string file)
    {
        try
        {
            var bytes = File.ReadAllBytes(Path.Combine(folder, file)).AsSpan();
            return JsonElement.Parse(
                bytes.StartsWith(ByteOrderMark) ? bytes[ByteOrderMark.Length..] : bytes,
                new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException exception)
        {
            var place = exception.LineNumber is { } line ? $"Line {line + 1}, column {exception.BytePositionInLine + 1}: n" : "N";
            _problems.Add(new(file, "", $"{place}ot valid JSON. {exception.Message.Split(" LineNumber:")[0]}"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _problems.Add(new(file, "", $"Cannot be read: {exception.Message}"));
        }

        return null;
    }

    private void CheckContract(string? contract)
    {
        if (Version.TryParse(contract, out var version) && ContractVersion.Objection(version) is { } objection)
        {
            _problems.Add(new(ManifestReader.File, "/contract", objection));
        }
    }

    private void CheckIcon(string? icon)
    {
        if (icon is null)
        {
            return;
        }

        var file = new FileInfo(Path.Combine(folder, icon));
        if (!file.Exists)
        {
            _problems.Add(new(ManifestReader.File, "/icon", $"The package has no file {icon}."));
        }
        else if (file.ResolveLinkTarget(returnFinalTarget: true) is { } target
            && !target.FullName.StartsWith(Path.GetFullPath(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            _problems.Add(new(ManifestReader.File, "/icon", $"{icon} is a link to a file outside of the package."));
        }
    }

    /// <summary>The name under which somebody would look for a package whose manifest is silent: <c>…/id/version</c> or <c>…/name</c>.</summary>
    private string IdFromFolders()
    {
        var name = Path.GetFileName(_origin);
        return SemanticVersion.Pattern().IsMatch(name) ? Path.GetFileName(Path.GetDirectoryName(_origin)!) : name;
    }

    private static string? TextOf(JsonElement? document, string name) =>
        document is { ValueKind: JsonValueKind.Object } json && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
