using System.Globalization;

namespace ConnectorPlatform.Host.Connectors.Workers;

/// <summary>Remembers crashes by package: a version that crashes again and again is refused for a while, so that it does not wear out the machine.</summary>
internal sealed class Quarantine(TimeProvider time)
{
    public const int Crashes = 3;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    public static readonly TimeSpan Duration = TimeSpan.FromMinutes(15);

    private const string UsualAdvice = "Use another version of it.";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Queue<DateTimeOffset>> _crashes = [];
    private readonly Dictionary<string, QuarantinedPackage> _entries = [];

    /// <summary>Told of every package that enters; answers what its user can do, or null.</summary>
    public Func<QuarantinedPackage, string?> Advise { get; set; } = _ => null;

    /// <summary>What is refused now.</summary>
    public IReadOnlyList<QuarantinedPackage> Entries
    {
        get
        {
            lock (_lock)
            {
                return [.. _entries.Values.Where(entry => entry.Until > time.GetUtcNow())];
            }
        }
    }

    /// <exception cref="PackageLoadException">The package is in quarantine.</exception>
    public void Check(ConnectorPackage package)
    {
        if (Entries.FirstOrDefault(entry => entry.Package == WorkerProcess.KeyOf(package)) is { } entry)
        {
            throw new PackageLoadException(
                string.Create(CultureInfo.InvariantCulture, $"Connector \"{entry.Id}\" {entry.Version} is in quarantine until {entry.Until:yyyy-MM-dd HH:mm:ss} UTC: its process crashed {Crashes} times within {Window.TotalMinutes:0} minutes. {entry.Advice ?? UsualAdvice} Restart the host to try this one at once. The last crash: {entry.LastCrash}"),
                entry.LastCrash);
        }
    }

    /// <summary>Counts a crash.</summary>
    /// <param name="package">Whose code crashed.</param>
    /// <param name="words">How, for whoever is refused later.</param>
    public void Crashed(ConnectorPackage package, string words)
    {
        if (Enters(package, words) is { } entry && Advise(entry) is { } advice)
        {
            lock (_lock)
            {
                _entries[entry.Package] = entry with { Advice = advice };
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
            return _entries[key] = new QuarantinedPackage(key, package.Manifest.Id, package.Manifest.Version, now + Duration, words);
        }
    }

    /// <summary>Lets a package be used again before its time.</summary>
    public void Lift(ConnectorPackage package)
    {
        lock (_lock)
        {
            _entries.Remove(WorkerProcess.KeyOf(package));
        }
    }
}

/// <summary>A package that is refused for a while.</summary>
/// <param name="Package">The pool's name for it.</param>
/// <param name="LastCrash">In words, as its run told it.</param>
/// <param name="Advice">What its user can do; null when nobody knows better.</param>
internal sealed record QuarantinedPackage(string Package, string Id, string Version, DateTimeOffset Until, string LastCrash, string? Advice = null);
