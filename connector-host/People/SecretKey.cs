using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace ConnectorPlatform.Host.People;

/// <summary>Keys that nobody guesses: given out once, and kept as a hash, which needs no salt as each has 256 random bits.</summary>
internal static class SecretKey
{
    private const int Bytes = 32;

    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    public static string HashOf(string key) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
