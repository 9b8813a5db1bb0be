using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;

namespace ConnectorPlatform.Connectors;

/// <summary>What has been seen to kill, hang, swell or disturb a process that runs foreign code.</summary>
internal static partial class Deeds
{
    private static readonly List<object> Kept = [];

    public static readonly IReadOnlyDictionary<string, Func<ConnectorContext, CancellationToken, Task>> ByName = new Dictionary<string, Func<ConnectorContext, CancellationToken, Task>>
    {
        ["thread-exception"] = (_, _) => OnThread(() => throw new InvalidOperationException("thrown on a thread of its own")),
        ["fail-fast"] = (_, _) => Do(() => Environment.FailFast("it gave up")),
        ["stack-overflow"] = (_, _) => Do(() => Recurse(0)),
        ["exit-zero"] = (_, _) => Do(() => Environment.Exit(0)),
        ["wild-pointer"] = (_, _) => Do(() => strlen(0x10)),
        ["endless-loop"] = (context, _) => Do(() => Spin(context)),
        ["blocked-pool"] = (context, _) => BlockPoolAsync(context),
        ["managed-hog"] = (_, _) => Do(SwellManaged),
        ["native-hog"] = (_, _) => Do(SwellNative),
        ["console"] = (_, _) => Do(UseConsole),
        ["closed-pipes"] = (_, _) => Do(ClosePipes),
        ["surroundings"] = (_, _) => Do(ChangeSurroundings),
        ["late-words"] = (context, _) => Do(() => SpeakLate(context)),
        ["silence"] = (context, _) => KeepSilenceAsync(context),
        ["request"] = async (context, cancellationToken) => await context.Http.GetStringAsync("things", cancellationToken),
        ["dies-in-request"] = DieInRequestAsync,
        ["grandchild"] = (_, _) => Do(() => Leave("sleep", "300")),
        ["grandchild-and-silence"] = (context, _) =>
        {
            Leave("sleep", "300");
            return KeepSilenceAsync(context);
        },
        ["grandchild-and-death"] = (_, _) => Do(() =>
        {
            Leave("sleep", "300");
            Environment.FailFast("it left a child behind");
        }),
        ["secret-and-death"] = (context, _) => Do(() => Environment.FailFast($"it knows {context.Credentials.GetRawText()}")),
        ["handles"] = (_, _) => Do(ExhaustHandles),
        ["noise"] = (context, _) => Do(() => MakeNoise(context)),
        ["noise-and-exception"] = (context, _) =>
        {
            MakeNoise(context);
            throw new InvalidOperationException("a bug after much talk");
        },
        ["exception"] = (_, _) => throw new InvalidOperationException("a plain bug"),
        ["environment"] = (context, _) => Do(() => TellEnvironment(context)),
    };

    private static Task Do(Action deed)
    {
        deed();
        return Task.CompletedTask;
    }

    private static Task OnThread(ThreadStart deed)
    {
        var thread = new Thread(deed);
        thread.Start();
        thread.Join();
        return Task.CompletedTask;
    }

    private static int Recurse(int depth) => Recurse(depth + 1) + depth;

    private static void Spin(ConnectorContext context)
    {
        Announce(context);
        while (Environment.TickCount64 >= 0)
        {
        }
    }

    private static Task BlockPoolAsync(ConnectorContext context)
    {
        var never = new ManualResetEventSlim();
        var blocked = Task.WhenAll(Enumerable.Range(0, 2000).Select(_ => Task.Run(() => never.Wait())));
        Announce(context);
        return blocked;
    }

    private static Task KeepSilenceAsync(ConnectorContext context)
    {
        Announce(context);
        return Task.Delay(Timeout.Infinite);
    }

    private static async Task DieInRequestAsync(ConnectorContext context, CancellationToken cancellationToken)
    {
        var request = context.Http.GetAsync("begun", cancellationToken);
        while (!File.Exists(context.Details.GetProperty("announce").GetString()))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), cancellationToken);
        }

        Environment.FailFast($"it died while its request was {request.Status}");
    }

    private static void Announce(ConnectorContext context)
    {
        if (context.Details.TryGetProperty("announce", out var file))
        {
            File.WriteAllText(file.GetString()!, "");
        }
    }

    private static void SwellManaged()
    {
        while (true)
        {
            var block = new byte[16 << 20];
            Array.Fill(block, (byte)1);
            Kept.Add(block);
        }
    }

    private static unsafe void SwellNative()
    {
        while (true)
        {
            var block = (byte*)NativeMemory.Alloc(16 << 20);
            NativeMemory.Fill(block, 16 << 20, 1);
            Kept.Add((nint)block);
        }
    }

    private static void UseConsole()
    {
        Console.WriteLine("noise on standard output");
        write(1, "raw noise", 9);
        var stolen = Console.In.ReadToEnd();
        if (stolen.Length > 0)
        {
            throw new InvalidOperationException("It could read the host's pipe.");
        }

        Console.SetOut(TextWriter.Null);
    }

    private static void ChangeSurroundings()
    {
        // No other culture can be had by name where globalization is invariant.
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NumberDecimalSeparator = ",";
        culture.NumberFormat.NegativeSign = "~";
        CultureInfo.DefaultThreadCurrentCulture = culture;
        CultureInfo.CurrentCulture = culture;
        Environment.SetEnvironmentVariable("HTTP_PROXY", "http://127.0.0.1:9");
        Environment.SetEnvironmentVariable("PATH", "");
        Environment.CurrentDirectory = "/";
        HttpClient.DefaultProxy = new WebProxy("http://127.0.0.1:9");
    }

    private static void Leave(string program, string argument) => Process.Start(program, argument);

    // Closes whatever might be the host's pipe: every handle above the standard ones.
    private static void ClosePipes()
    {
        for (var handle = 3; handle < 1024; handle++)
        {
            _ = close(handle);
        }
    }

    private static void SpeakLate(ConnectorContext context)
    {
        var speaking = new Thread(() => Repeat(context, "late words")) { IsBackground = true };
        speaking.Start();
    }

    private static void Repeat(ConnectorContext context, string words)
    {
        while (true)
        {
            context.Reporter.Info(words);
        }
    }

    private static void ExhaustHandles()
    {
        var few = new Limit(400, 400);
        _ = setrlimit(OpenFiles, in few);
        while (true)
        {
            Kept.Add(File.OpenRead("/dev/null"));
        }
    }

    private static void MakeNoise(ConnectorContext context)
    {
        for (var i = 0; i < 20_000; i++)
        {
            context.Reporter.Info($"line {i}");
        }
    }

    private static void TellEnvironment(ConnectorContext context)
    {
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            context.Reporter.Info($"{variable.Key}={variable.Value}");
        }
    }

    private const int OpenFiles = 7;

    [LibraryImport("libc")]
    private static partial nint strlen(nint text);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);

    [LibraryImport("libc")]
    private static partial int setrlimit(int resource, in Limit limit);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Limit(ulong Soft, ulong Hard);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint write(int descriptor, string text, nint length);
}
