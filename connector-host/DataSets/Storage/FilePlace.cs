using Microsoft.Win32.SafeHandles;

namespace ConnectorPlatform.Host.DataSets.Storage;

/// <summary>The place of an open file: whether the file that is there is still the one that was opened. The system keeps one that has lost its name only until it is closed.</summary>
/// <param name="path">The database's path, which it has open.</param>
internal sealed class FilePlace(string path) : IDisposable
{
    /// <summary>The file, to be read. Open until the database has closed it: whoever closes any handle to a file gives up the locks of the whole process.</summary>
    public SafeFileHandle Handle { get; } = FileLayout.OpenToRead(path);

    /// <exception cref="PlatformException">Somebody has removed the file, or put another in its place.</exception>
    public void Check()
    {
        if (!File.Exists(path))
        {
            throw DatabaseErrors.Gone(path);
        }

        // Only Linux tells so cheaply, and elsewhere a file that is open is rarely replaced.
        if (new FileInfo($"/proc/self/fd/{Handle.DangerousGetHandle()}").LinkTarget?.EndsWith(" (deleted)", StringComparison.Ordinal) == true)
        {
            throw DatabaseErrors.Replaced(path);
        }
    }

    /// <summary>Never closes the file, as somebody goes on using the database.</summary>
    public void Abandon() => Handle.SetHandleAsInvalid();

    public void Dispose() => Handle.Dispose();
}
