using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;

namespace ConnectorPlatform.Host.Metadata;

/// <summary>
/// A key of the operator's that encrypts the keys in the data folder, so that a copy of the folder alone opens nothing:
/// <c>Keys:WrappingKey</c>, or a file that <c>Keys:WrappingKeyFile</c> names, with 32 random bytes in base64.
/// </summary>
internal sealed class WrappingKey
{
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const string HowToMake = "It is 32 random bytes in base64, as \"openssl rand -base64 32\" gives.";

    private readonly byte[] _key;

    private WrappingKey(byte[] key)
    {
        _key = key;
        Id = Convert.ToHexString(SHA256.HashData([.. key, .. "wrapping-key-id"u8]))[..16];
    }

    /// <summary>Tells keys apart, and nothing about them.</summary>
    public string Id { get; }

    /// <summary>The key of a setting; null when it is not set.</summary>
    /// <param name="configuration">The operator's settings.</param>
    /// <param name="name">The setting, such as <c>Keys:WrappingKey</c>; with <c>File</c> behind it it names a file.</param>
    /// <exception cref="PlatformException">It is no key, or its file cannot be read.</exception>
    public static WrappingKey? Read(IConfiguration configuration, string name)
    {
        var text = configuration[name];
        if (configuration[$"{name}File"] is { Length: > 0 } path)
        {
            try
            {
                text = File.ReadAllText(path);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new PlatformException(PlatformFault.Input, $"The file of the setting {name}File cannot be read: {exception.Message}", exception);
            }
        }

        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var key = new byte[KeyBytes];
        return Convert.TryFromBase64String(text.Trim(), key, out var length) && length == KeyBytes
            ? new WrappingKey(key)
            : throw new PlatformException(PlatformFault.Input, $"The setting {name} is no key. {HowToMake}");
    }

    public XElement Wrap(XElement plain)
    {
        var text = Encoding.UTF8.GetBytes(plain.ToString(SaveOptions.DisableFormatting));
        var (nonce, sealed_, tag) = (RandomNumberGenerator.GetBytes(NonceBytes), new byte[text.Length], new byte[TagBytes]);
        using var cipher = new AesGcm(_key, TagBytes);
        cipher.Encrypt(nonce, text, sealed_, tag);
        return new XElement("wrapped", new XAttribute("key", Id), Convert.ToBase64String([.. nonce, .. tag, .. sealed_]));
    }

    /// <exception cref="CryptographicException">Another key has wrapped it, or it was changed.</exception>
    public XElement Unwrap(XElement wrapped)
    {
        var bytes = Convert.FromBase64String(wrapped.Value);
        var text = new byte[bytes.Length - NonceBytes - TagBytes];
        using var cipher = new AesGcm(_key, TagBytes);
        cipher.Decrypt(bytes.AsSpan(0, NonceBytes), bytes.AsSpan(NonceBytes + TagBytes), bytes.AsSpan(NonceBytes, TagBytes), text);
        return XElement.Parse(Encoding.UTF8.GetString(text));
    }
}
