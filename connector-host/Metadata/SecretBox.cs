using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace ConnectorPlatform.Host.Metadata;

/// <summary>Encrypts secrets with the keys of the data folder before they are stored.</summary>
/// <param name="folder">Whose keys.</param>
/// <param name="purpose">What the secrets are for; what was protected for one purpose opens for no other.</param>
internal sealed class SecretBox(DataFolder folder, string purpose)
{
    private readonly IDataProtector _protector = folder.KeyRing.Protection.CreateProtector(purpose);

    public string Protect(string secret) => _protector.Protect(secret);

    /// <param name="stored">What <see cref="Protect"/> gave.</param>
    /// <param name="what">The secret as a subject, such as <c>The credentials of account "x"</c>.</param>
    /// <param name="remedy">What else the user can do, such as <c>add the account again</c>.</param>
    /// <exception cref="PlatformException">The keys of the data folder do not open it.</exception>
    public string Reveal(string stored, string what, string remedy)
    {
        try
        {
            return _protector.Unprotect(stored);
        }
        catch (CryptographicException exception)
        {
            throw new PlatformException(
                PlatformFault.Storage,
                $"{what} cannot be decrypted: the folder \"keys\" does not belong to this metadata store. Restore it from the same backup, or {remedy}.",
                exception);
        }
    }
}
