using System.Security.Cryptography;

namespace ConnectorPlatform.Host.Connectors.Packages;

/// <summary>
/// Whom the operator trusts. A signature is the file <c>package.sig</c>: base64 of an ECDSA signature (SHA-256, DER) over the lines
/// <c>HASH  PATH</c> of all other files, sorted by path, each ended by a line feed.
/// </summary>
internal sealed class PackageTrust(IConfiguration configuration)
{
    public const string SignatureFile = "package.sig";

    /// <summary>Null when the package may be installed. Every setting that is there must be met.</summary>
    public PackageProblem? ObjectionTo(string folder, string id, string version, string sha256)
    {
        var allowed = configuration.GetSection("Connectors:Trust:AllowList").Get<string[]>();
        if (allowed is not null && !allowed.Intersect([id, $"{id}@{version}", sha256]).Any())
        {
            return new("", "", $"Not in the setting Connectors:Trust:AllowList, which would name it as \"{id}\", \"{id}@{version}\" or by its SHA-256 {sha256}.");
        }

        return configuration.GetValue<bool>("Connectors:Trust:RequireSignature") ? ObjectionToSignature(folder) : null;
    }

    /// <summary>The text that a package's signature is over.</summary>
    public static byte[] HashList(string folder) =>
        System.Text.Encoding.UTF8.GetBytes(string.Concat(PackageFiles.List(folder).Where(item => item.Path != SignatureFile)
            .Select(item => $"{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(item.File.FullName)))}  {item.Path}\n")));

    private PackageProblem? ObjectionToSignature(string folder)
    {
        var file = Path.Combine(folder, SignatureFile);
        if (!File.Exists(file))
        {
            return new(SignatureFile, "", "Missing: the setting Connectors:Trust:RequireSignature asks for a signed package.");
        }

        var signature = new byte[1024];
        var list = HashList(folder);
        return Convert.TryFromBase64String(File.ReadAllText(file), signature, out var length)
            && Keys().Any(key => IsSignedBy(key, list, signature.AsSpan(0, length)))
            ? null
            : new(SignatureFile, "", "No key of the setting Connectors:Trust:Keys has signed these files.");
    }

    private string[] Keys() => configuration.GetSection("Connectors:Trust:Keys").Get<string[]>() ?? [];

    private static bool IsSignedBy(string pem, byte[] list, ReadOnlySpan<byte> signature)
    {
        using var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            throw new PlatformException(PlatformFault.Input, $"The setting Connectors:Trust:Keys holds something that is no public key in PEM: {exception.Message}", exception);
        }

        return key.VerifyData(list, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }
}
