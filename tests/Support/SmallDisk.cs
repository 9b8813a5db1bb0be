using System.Diagnostics;

namespace ConnectorPlatform.Tests.Support;

/// <summary>A folder on a disk of its own that is soon full. Can be made by root only, and not in every container; the test is skipped elsewhere.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SmallDisk(int megabytes)
    {
        if (!TryMount("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", _folder.Path))
        {
            _folder.Dispose();
            Assert.Skip("A small disk can be mounted by root only, and not in every container.");
        }
    }

    private string Ballast => _folder.File("ballast");

    public string File(string name) => _folder.File(name);

    /// <summary>Leaves so many bytes free.</summary>
    public void Fill(int leaving)
    {
        Free();
        var free = new DriveInfo(_folder.Path).AvailableFreeSpace;
        System.IO.File.WriteAllBytes(Ballast, new byte[Math.Max(0, free - leaving)]);
    }

    public void Free() => System.IO.File.Delete(Ballast);

    /// <summary>Makes one file read-only also for root, for whom permissions do not count.</summary>
    /// <returns>What makes it writable again; null where that cannot be done.</returns>
    public static Action? TryProtect(string file)
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        if (!Environment.IsPrivilegedProcess)
        {
            var mode = System.IO.File.GetUnixFileMode(file);
            System.IO.File.SetUnixFileMode(file, UnixFileMode.UserRead);
            return () => Restore(file, mode);
        }

        if (!TryMount("mount", "--bind", file, file))
        {
            return null;
        }

        Assert.True(TryMount("mount", "-o", "remount,bind,ro", file));
        return () => TryMount("umount", "--lazy", file);
    }

    public void Dispose()
    {
        // Pooled connections may still hold files in it.
        TryMount("umount", "--lazy", _folder.Path);
        _folder.Dispose();
    }

    private static void Restore(string file, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            System.IO.File.SetUnixFileMode(file, mode);
        }
    }

    private static bool TryMount(string program, params string[] arguments)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            return false;
        }

        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
