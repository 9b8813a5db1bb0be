using System.Runtime.InteropServices;
using ConnectorPlatform.Host.Connectors.Workers;
using Microsoft.Win32.SafeHandles;

namespace ConnectorPlatform.Host.Runs.Workers;

/// <summary>
/// Takes standard input and output for the protocol before any connector's code runs: what a connector then writes to the console
/// goes to standard error, what it reads is empty, and what it starts does not inherit the pipe.
/// </summary>
internal static partial class StandardPipes
{
    private const int DuplicateCloseOnExec = 1030;
    private const int ReadOnly = 0;
    private const int Kill = 9;
    private const int Input = 0;
    private const int Output = 1;
    private const int Error = 2;

    public static FramePipe Take()
    {
        // Leads a group of its own, so that whatever a connector starts can be ended with it.
        _ = setpgid(0, 0);
        var input = Duplicate(Input);
        var output = Duplicate(Output);
        Redirect(open("/dev/null", ReadOnly), Input);
        Redirect(Error, Output);
        return new FramePipe(Stream(input, FileAccess.Read), Stream(output, FileAccess.Write));
    }

    /// <summary>Ends the process at once, and what a connector has started: its threads, handlers and finalizers have no say in it.</summary>
    public static void Exit(int code)
    {
        _ = kill(-Environment.ProcessId, Kill);
        _exit(code);
    }

    private static FileStream Stream(int descriptor, FileAccess access) =>
        new(new SafeFileHandle(descriptor, ownsHandle: true), access, bufferSize: 0);

    private static int Duplicate(int descriptor) => Checked(fcntl(descriptor, DuplicateCloseOnExec, Error + 1));

    private static void Redirect(int from, int to) => Checked(dup2(from, to));

    private static int Checked(int result) =>
        result >= 0 ? result : throw new IOException($"The worker cannot take its pipes: error {Marshal.GetLastPInvokeError()}.");

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int descriptor, int command, int argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int dup2(int from, int to);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc")]
    private static partial int setpgid(int processId, int group);

    [LibraryImport("libc")]
    private static partial int kill(int processId, int signal);

    [LibraryImport("libc")]
    private static partial void _exit(int code);
}
