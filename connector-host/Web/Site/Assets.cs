using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using ConnectorPlatform.Host.Web.People;

namespace ConnectorPlatform.Host.Web.Site;

/// <summary>The sheet, the script and the icons of all pages, each one file with its content's hash in the name, so that browsers keep them for good.</summary>
internal sealed class Assets(SiteFiles files)
{
    // base.css first, htmx before what builds on it: SiteFiles gives those of the frame first.
    public Asset Sheet { get; } = new("site", ".css", "text/css; charset=utf-8", () => Joined(files, ".css"));

    public Asset Script { get; } = new("site", ".js", "text/javascript; charset=utf-8", () => Joined(files, ".js"));

    public Asset Icons { get; } = new("icons", ".svg", "image/svg+xml", () => files.ReadText("Site/icons.svg"));

    public void Map(IEndpointRouteBuilder server)
    {
        foreach (var asset in new[] { Sheet, Script, Icons })
        {
            server.MapMethods(asset.Path, [HttpMethods.Get, HttpMethods.Head], asset.Answer).IsForEverybody();
        }

        server.MapMethods("/favicon.ico", [HttpMethods.Get, HttpMethods.Head], () => Results.Text(files.ReadText("Site/favicon.svg"), "image/svg+xml")).IsForEverybody();
    }

    private static string Joined(SiteFiles files, string ending) =>
        string.Join('\n', files.Named(ending).Select(files.ReadText));
}

/// <summary>One file that never changes under its path.</summary>
internal sealed class Asset(string name, string ending, string type, Func<string> read)
{
    private readonly Lazy<byte[]> _content = new(() => Encoding.UTF8.GetBytes(read()));
    private byte[]? _compressed;

    private byte[] Content => _content.Value;

    public string Path => field ??= $"/assets/{name}-{Convert.ToHexStringLower(SHA256.HashData(Content))[..12]}{ending}";

    public IResult Answer(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = "public, max-age=31536000, immutable";
        headers.Vary = "Accept-Encoding";
        headers.Remove("Pragma");
        if (!context.Request.Headers.AcceptEncoding.ToString().Contains("br", StringComparison.Ordinal))
        {
            return Results.Bytes(Content, type);
        }

        headers.ContentEncoding = "br";
        return Results.Bytes(_compressed ??= Compress(Content), type);
    }

    private static byte[] Compress(byte[] content)
    {
        using var target = new MemoryStream();
        using (var brotli = new BrotliStream(target, CompressionLevel.SmallestSize))
        {
            brotli.Write(content);
        }

        return target.ToArray();
    }
}
