using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace ConnectorPlatform.Host.DataSets.Storage;

/// <summary>
/// A copy of what a checkpoint changes in place, so that one that is cut off can be taken back.
/// <para>
/// A checkpoint writes tables into free blocks and then turns to them by one header, so that a process can be killed at any time; but the blocks of the database's own bookkeeping
/// are shared by what was and what comes: their free parts are filled and the block is written whole, with a checksum of the whole. A signal ends a write between two pages, a power
/// failure anywhere. The half-written block still holds all that the old header needs, but its checksum fits no more, and the database refuses the file.
/// </para>
/// <para>
/// As long as the headers are those of the copy, the checkpoint has not come to its end: the copied blocks are put back, and the log, which is deleted last, has what came after them.
/// Other headers mean that all blocks had been written before, as the database waits for the disk before it writes a header; a header is one page.
/// </para>
/// </summary>
internal static class CheckpointJournal
{
    private const int PieceHead = sizeof(long) + sizeof(int);

    public static string PathOf(string database) => database + ".journal";

    /// <summary>Keeps the headers and some blocks, and waits until the disk has them.</summary>
    /// <param name="database">The database's path.</param>
    /// <param name="file">The database, open for reading.</param>
    /// <param name="blockBytes">The size of its blocks.</param>
    /// <param name="blocks">Numbers of the blocks.</param>
    /// <exception cref="IOException">They could not be kept. Nothing is left.</exception>
    public static void Keep(string database, SafeFileHandle file, int blockBytes, IEnumerable<long> blocks)
    {
        var path = PathOf(database);
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using var journal = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None);
            IEnumerable<(long Location, int Length)> pieces = [(0, FileLayout.HeaderBytes), .. blocks.Select(block => (FileLayout.LocationOf(block, blockBytes), blockBytes))];
            foreach (var (location, length) in pieces)
            {
                var piece = new byte[PieceHead + length];
                BinaryPrimitives.WriteInt64LittleEndian(piece, location);
                BinaryPrimitives.WriteInt32LittleEndian(piece.AsSpan(sizeof(long)), length);

                // A block behind the end has never been written, and nothing needs it.
                if (RandomAccess.Read(file, piece.AsSpan(PieceHead), location) == length)
                {
                    journal.Write(piece);
                    hash.AppendData(piece);
                }
            }

            journal.Write(hash.GetHashAndReset());
            journal.Flush(flushToDisk: true);
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Forgets what was kept: the checkpoint has come to its end.</summary>
    public static void Forget(string database) => File.Delete(PathOf(database));

    /// <summary>Takes a checkpoint back that was cut off. Before the database opens the file; nobody in this process has it open.</summary>
    /// <param name="database">The database's path.</param>
    /// <exception cref="IOException">It could not be written.</exception>
    public static void Restore(string database)
    {
        if (!File.Exists(PathOf(database)))
        {
            return;
        }

        if (File.Exists(database))
        {
            using var file = new FileStream(database, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            if (!TryLock(file))
            {
                // Who has it is in the midst of the checkpoint; the database will say who it is.
                return;
            }

            PutBack(file, PathOf(database));
        }

        Forget(database);
    }

    private static void PutBack(FileStream file, string path)
    {
        var journal = File.Exists(path) ? File.ReadAllBytes(path) : [];
        var end = journal.Length - SHA256.HashSizeInBytes;

        // One that is not whole was being written: the checkpoint had not begun.
        if (end <= 0 || !SHA256.HashData(journal.AsSpan(0, end)).AsSpan().SequenceEqual(journal.AsSpan(end)))
        {
            return;
        }

        for (var at = 0; at < end;)
        {
            var location = BinaryPrimitives.ReadInt64LittleEndian(journal.AsSpan(at));
            var piece = journal.AsSpan(at + PieceHead, BinaryPrimitives.ReadInt32LittleEndian(journal.AsSpan(at + sizeof(long))));
            if (location == 0 && !IsAt(file, piece))
            {
                return;
            }

            RandomAccess.Write(file.SafeFileHandle, piece, location);
            at += PieceHead + piece.Length;
        }

        file.Flush(flushToDisk: true);
    }

    private static bool IsAt(FileStream file, ReadOnlySpan<byte> headers)
    {
        var now = new byte[headers.Length];
        return RandomAccess.Read(file.SafeFileHandle, now, 0) == now.Length && headers.SequenceEqual(now);
    }

    // The lock that the database takes. It goes when the file is closed.
    private static bool TryLock(FileStream file)
    {
        try
        {
            if (!OperatingSystem.IsMacOS())
            {
                file.Lock(0, 0);
            }

            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
