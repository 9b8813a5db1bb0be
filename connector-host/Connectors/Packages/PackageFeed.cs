using NuGet.Common;
using NuGet.Protocol;
using NuGet.Protocol.Core.Types;
using NuGet.Versioning;

namespace ConnectorPlatform.Host.Connectors.Packages;

/// <summary>Fetches packages by name from NuGet feeds. Their dependencies are not looked for: a package holds all that it needs.</summary>
/// <param name="feeds">Addresses or folders; the first that has the package is used.</param>
internal sealed class PackageFeed(IReadOnlyList<string> feeds)
{
    /// <summary>Downloads a package into a file.</summary>
    /// <param name="id">The package's name.</param>
    /// <param name="version">Its version; null for the highest that is no preview.</param>
    /// <param name="file">Where it shall lie.</param>
    /// <param name="cancellationToken">Ends the download.</param>
    /// <returns>What was downloaded, and from where.</returns>
    /// <exception cref="PlatformException">No feed is set, has the package or can be read.</exception>
    public async Task<string> DownloadAsync(string id, string? version, string file, CancellationToken cancellationToken)
    {
        if (feeds.Count == 0)
        {
            throw new PlatformException(
                PlatformFault.Input, $"There is no file or folder {id}, and no feed to install it from: set Connectors:Feeds:0 to the address or folder of a NuGet feed.");
        }

        if (version is not null && !NuGetVersion.TryParse(version, out _))
        {
            throw new PlatformException(PlatformFault.Input, $"\"{version}\" is no version, as 1.2.0 is one.");
        }

        var seen = new SortedSet<NuGetVersion>();
        foreach (var feed in feeds)
        {
            if (await TryDownloadAsync(feed, id, version, file, seen, cancellationToken).ConfigureAwait(false) is { } found)
            {
                return $"{id} {found} from {Shown(feed)}";
            }
        }

        throw new PlatformException(PlatformFault.NotFound, seen.Count == 0
            ? $"No feed has a package \"{id}\"; looked in {string.Join(", ", feeds.Select(Shown))}."
            : $"No feed has {(version is null ? $"a version of {id} that is no preview" : $"{id} {version}")}; there are {string.Join(", ", seen)}. Name one with --version.");
    }

    private static async Task<NuGetVersion?> TryDownloadAsync(
        string feed, string id, string? version, string file, SortedSet<NuGetVersion> seen, CancellationToken cancellationToken)
    {
        try
        {
            using var cache = new SourceCacheContext { NoCache = true, DirectDownload = true };
            var resource = await Repository.Factory.GetCoreV3(feed).GetResourceAsync<FindPackageByIdResource>(cancellationToken).ConfigureAwait(false)
                ?? throw new InvalidDataException("it is no NuGet feed.");
            var versions = (await resource.GetAllVersionsAsync(id, cache, NullLogger.Instance, cancellationToken).ConfigureAwait(false)).ToList();
            seen.UnionWith(versions);
            var wanted = version is null ? versions.Where(other => !other.IsPrerelease).Max() : versions.Find(NuGetVersion.Parse(version).Equals);
            if (wanted is null)
            {
                return null;
            }

            using var target = new CappedFile(file, PackageFiles.LargestContent);
            return await resource.CopyNupkgToStreamAsync(id, wanted, target, cache, NullLogger.Instance, cancellationToken).ConfigureAwait(false)
                ? wanted
                : throw new PlatformException(PlatformFault.Busy, $"The feed {Shown(feed)} lists {id} {wanted} and does not give it: try again later.");
        }
        catch (Exception exception) when (exception is NuGetProtocolException or IOException or HttpRequestException or InvalidDataException)
        {
            // The exception itself tells the whole address, and what that holds beside the place may be a secret.
            throw new PlatformException(PlatformFault.Busy, $"The feed {Shown(feed)} cannot be used: {Masked(exception.Message, feed)}");
        }
    }

    private static string Shown(string feed) => Uri.TryCreate(feed, UriKind.Absolute, out var address) && !address.IsFile
        ? address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped)
        : Path.GetFullPath(feed);

    private static string Masked(string message, string feed) => Uri.TryCreate(feed, UriKind.Absolute, out var address)
        ? new[] { address.UserInfo, address.Query }.Where(part => part.Length > 0).Aggregate(message, (text, part) => text.Replace(part, "***", StringComparison.Ordinal))
        : message;

    /// <summary>Stops a download that would fill the disk.</summary>
    private sealed class CappedFile(string path, long limit) : FileStream(path, FileMode.Create, FileAccess.ReadWrite)
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Require(buffer.Length);
            base.Write(buffer);
        }

        public override void Write(byte[] buffer, int offset, int count)
        {
            Require(count);
            base.Write(buffer, offset, count);
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        {
            Require(count);
            return base.WriteAsync(buffer, offset, count, cancellationToken);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Require(buffer.Length);
            return base.WriteAsync(buffer, cancellationToken);
        }

        private void Require(int more)
        {
            if (Position + more > limit)
            {
                throw new InvalidDataException($"The package is larger than {limit >> 20} MB.");
            }
        }
    }
}
