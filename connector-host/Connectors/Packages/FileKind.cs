using System.Runtime.InteropServices;

namespace ConnectorPlatform.Host.Connectors.Packages;

/// <summary>Tells files from pipes, sockets and devices, whose opening may wait for ever; .NET shows them alike. Only Linux is asked.</summary>
internal static partial class FileKind
{
    private const int OfWorkingDirectory = -100;
    private const uint ModeWanted = 1;
    private const int KindBits = 0xF000;
    private const int Regular = 0x8000;

    /// <exception cref="InvalidDataException">It is there and is no file.</exception>
    public static void RequireRegular(string path, string name)
    {
        if (OperatingSystem.IsLinux() && statx(OfWorkingDirectory, path, 0, ModeWanted, out var status) == 0 && (status.Mode & KindBits) != Regular)
        {
            throw new InvalidDataException($"{name} is a pipe, a socket or a device: a package holds files and folders alone.");
        }
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int folder, string path, int flags, uint mask, out Status status);

    // Its layout is the kernel's and the same on every processor; only the mode is read.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private readonly struct Status
    {
        [FieldOffset(28)]
        public readonly ushort Mode;
    }
}
