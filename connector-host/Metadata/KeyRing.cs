using System.Security.Cryptography;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace ConnectorPlatform.Host.Metadata;

/// <summary>The keys of a data folder, with which its secrets and cookies are protected.</summary>
internal sealed class KeyRing
{
    // The names in the files that Data Protection writes.
    private static readonly XNamespace Written = "http://schemas.asp.net/2015/03/dataProtection";
    private static readonly XName EncryptedSecret = Written + "encryptedSecret";
    private static readonly XName RequiresEncryption = Written + "requiresEncryption";

    private readonly string _folder;
    private readonly Lazy<ServiceProvider> _services;

    /// <param name="folder">Holds the key files.</param>
    /// <param name="wrapping">Wraps them; null for none.</param>
    public KeyRing(string folder, WrappingKey? wrapping)
    {
        (_folder, Wrapping) = (folder, wrapping);
        _services = new(Compose);
    }

    /// <summary>Wraps the keys; null for keys that lie open in the folder.</summary>
    public WrappingKey? Wrapping { get; }

    /// <summary>Wraps keys that are made; null for none.</summary>
    public IXmlEncryptor? Encryptor => Wrapping is null ? null : new KeyWrapping(Wrapping);

    public IDataProtectionProvider Protection => _services.Value.GetRequiredService<IDataProtectionProvider>();

    /// <summary>Makes a new key, which protects from now on, and wraps all keys with the wrapping key that is set now.</summary>
    /// <param name="previous">What wrapped them before; null when it was the same, or nothing.</param>
    /// <exception cref="PlatformException">A key is wrapped with neither.</exception>
    public void Rotate(WrappingKey? previous, DateTimeOffset now)
    {
        foreach (var file in Files())
        {
            var document = XDocument.Load(file);
            var wrapped = document.Descendants(EncryptedSecret).ToList();
            foreach (var plain in document.Descendants().Where(element => (bool?)element.Attribute(RequiresEncryption) == true).ToList())
            {
                plain.ReplaceWith(Wrapped(plain));
            }

            foreach (var secret in wrapped)
            {
                secret.ReplaceWith(Wrapped(Open(secret, previous)));
            }

            Write(file, document);
        }

        _services.Value.GetRequiredService<IKeyManager>().CreateNewKey(now, now + TimeSpan.FromDays(90));
    }

    private XElement Wrapped(XElement plain) => Wrapping is null
        ? plain
        : new XElement(EncryptedSecret, new XAttribute("decryptorType", typeof(KeyUnwrapping).AssemblyQualifiedName!), Wrapping.Wrap(plain));

    private XElement Open(XElement secret, WrappingKey? previous)
    {
        var wrapped = secret.Elements().Single();
        var key = new[] { Wrapping, previous }.FirstOrDefault(key => key?.Id == (string?)wrapped.Attribute("key"))
            ?? throw NotOpened();
        return key.Unwrap(wrapped);
    }

    private ServiceProvider Compose()
    {
        CheckWrapping();
        var services = new ServiceCollection();
        services.AddDataProtection().SetApplicationName("ConnectorPlatform").PersistKeysToFileSystem(new DirectoryInfo(_folder));
        services.AddSingleton(this);
        services.Configure<KeyManagementOptions>(options => options.XmlEncryptor = Encryptor);
        return services.BuildServiceProvider();
    }

    // A key that cannot be opened would silently be replaced by a new one, and what the old one protects would be lost later.
    private void CheckWrapping()
    {
        foreach (var wrapped in Files().SelectMany(file => XDocument.Load(file).Descendants(EncryptedSecret)).Select(secret => secret.Elements().Single()))
        {
            if (Wrapping?.Id != (string?)wrapped.Attribute("key"))
            {
                throw NotOpened();
            }
        }
    }

    private PlatformException NotOpened() => new(
        PlatformFault.Storage,
        Wrapping is null
            ? $"The keys in {_folder} are wrapped, and no wrapping key is set: set Keys:WrappingKey or Keys:WrappingKeyFile to the one that was used. Without it nothing that is stored encrypted can be opened."
            : $"The keys in {_folder} are wrapped with another key than the one that is set. Set the one that was used; to change it, set it as Keys:PreviousWrappingKey beside the new one and call \"keys rotate\".");

    private IEnumerable<string> Files() => Directory.Exists(_folder) ? Directory.EnumerateFiles(_folder, "key-*.xml") : [];

    private static void Write(string file, XDocument document)
    {
        var partial = $"{file}.partial";
        document.Save(partial);
        File.Move(partial, file, overwrite: true);
    }
}

/// <summary>Wraps keys when they are stored.</summary>
internal sealed class KeyWrapping(WrappingKey key) : IXmlEncryptor
{
    public EncryptedXmlInfo Encrypt(XElement plaintextElement) => new(key.Wrap(plaintextElement), typeof(KeyUnwrapping));
}

/// <summary>Unwraps keys when they are loaded; made by Data Protection, which finds its type in the key's file.</summary>
internal sealed class KeyUnwrapping(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement) =>
        services.GetService<KeyRing>()?.Wrapping?.Unwrap(encryptedElement) ?? throw new CryptographicException("The key is wrapped, and there is no wrapping key.");
}
