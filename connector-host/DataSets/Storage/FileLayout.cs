using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace ConnectorPlatform.Host.DataSets.Storage;

/// <summary>Where things lie in a database's file: three headers, of which one of the latter two counts, and behind them the blocks.</summary>
internal static class FileLayout
{
    public const int HeaderBytes = 3 * PageBytes;

    private const int PageBytes = 4_096;

    // Of files that do not say it, as those of early versions.
    private const int UsualBlockBytes = 262_144;

    // In the second header: its checksum, the number of the checkpoint, the roots of the tables and of the free blocks, and the number of blocks come before it.
    private const int BlockBytesAt = PageBytes + (5 * sizeof(long));

    public static long LocationOf(long block, int blockBytes) => HeaderBytes + (block * blockBytes);

    /// <summary>
    /// The size of the blocks of a file that nobody in this process has open: who closes any handle to a file gives up the locks of the whole process, the database's among them.
    /// </summary>
    public static int BlockBytesOf(string path)
    {
        using var file = OpenToRead(path);
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        return RandomAccess.Read(file, bytes, BlockBytesAt) == bytes.Length && BinaryPrimitives.ReadInt64LittleEndian(bytes) is > 0 and < UsualBlockBytes and var size
            ? (int)size
            : UsualBlockBytes;
    }

    public static SafeFileHandle OpenToRead(string path) => File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
}
