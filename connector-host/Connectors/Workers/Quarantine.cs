using System.Globalization;

namespace ConnectorPlatform.Host.Connectors.Workers;

/// <summary>Counts crashes by package: a version that crashes again and again is refused for a while, so that it does not wear out the machine.</summary>
internal sealed class Quarantine(TimeProvider time)
{
    public const int Crashes = 3;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    public static readonly TimeSpan Duration = TimeSpan.FromMinutes(15);

    private const string UsualAdvice = "Use another version of it, or restart the host to try this one at once.";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Queue<DateTimeOffset>> _crashes = [];
    private readonly Dictionary<string, QuarantinedPackage> _unkept = [];

    /// <summary>Writes down what enters, for all processes and the next start; false when it cannot, and this process alone remembers it.</summary>
    public Func<ConnectorPackage, QuarantinedPackage, bool> Keep { get; set; } = (_, _) => false;

    /// <summary>Reads what is written down of a package.</summary>
    public Func<ConnectorPackage, QuarantinedPackage?> Kept { get; set; } = _ => null;

    /// <summary>What is known of the package, as long as it is refused.</summary>
    public QuarantinedPackage? Find(ConnectorPackage package)
    {
        lock (_lock)
        {
            var entry = Kept(package) ?? _unkept.GetValueOrDefault(WorkerProcess.KeyOf(package));
            return entry?.Until > time.GetUtcNow() ? entry : null;
        }
    }

    /// <exception cref="PackageLoadException">The package is in quarantine.</exception>
    public void Check(ConnectorPackage package)
    {
        if (Find(package) is { } entry)
        {
            throw new PackageLoadException(
                string.Create(CultureInfo.InvariantCulture, $"Connector \"{entry.Id}\" {entry.Version} is in quarantine until {entry.Until:yyyy-MM-dd HH:mm:ss} UTC: its process crashed {Crashes} times within {Window.TotalMinutes:0} minutes. {entry.Advice ?? UsualAdvice} The last crash: {entry.LastCrash}"),
                entry.LastCrash);
        }
    }

    /// <summary>Counts a crash.</summary>
    /// <param name="package">Whose code crashed.</param>
    /// <param name="words">How, for whoever is refused later: without secrets.</param>
    public void Crashed(ConnectorPackage package, string words)
    {
        if (Enters(package, words) is { } entry && !Keep(package, entry))
        {
            lock (_lock)
            {
                _unkept[entry.Package] = entry;
            }
        }
    }

    private QuarantinedPackage? Enters(ConnectorPackage package, string words)
    {
        var (key, now) = (WorkerProcess.KeyOf(package), time.GetUtcNow());
        lock (_lock)
        {
            if (!_crashes.TryGetValue(key, out var crashes))
            {
                _crashes[key] = crashes = new();
            }

            crashes.Enqueue(now);
            while (crashes.Count > Crashes || now - crashes.Peek() > Window)
            {
                crashes.Dequeue();
            }

            if (crashes.Count < Crashes)
            {
                return null;
            }

            crashes.Clear();
            return new QuarantinedPackage(key, package.Manifest.Id, package.Manifest.Version, now + Duration, words);
        }
    }
}

/// <summary>A package that is refused for a while.</summary>
/// <param name="Package">The pool's name for it.</param>
/// <param name="LastCrash">In words, as its run told it.</param>
internal sealed record QuarantinedPackage(string Package, string Id, string Version, DateTimeOffset Until, string LastCrash)
{
    /// <summary>What its user can do; null when nobody knows better.</summary>
    public string? Advice { get; init; }
}
