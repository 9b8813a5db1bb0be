namespace ConnectorPlatform.Host.Connectors.Packages;

/// <summary>
/// The connectors in the store, as the lock file has them. Whatever changes them goes through <see cref="Change{T}"/>, in this process or another.
/// </summary>
internal sealed class InstalledConnectors
{
    private readonly PackageStore _store;
    private readonly string _lockFile;
    private readonly FormCheck _checkForm;
    private readonly PackageTrust _trust;
    private readonly CheckedPackages _checked;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (ConnectorPackage? Package, BrokenPackage? Broken)> _read = new(StringComparer.Ordinal);
    private volatile CatalogContent _content = new([], []);
    private volatile ConnectorsLock _locked = new();
    private DateTime _lockedAt;

    /// <param name="store">Where the packages lie.</param>
    /// <param name="lockFile">What is known of them.</param>
    /// <param name="checkForm">The dialect's lint.</param>
    /// <param name="trust">Whom the operator trusts now, which may be fewer than when a package was installed.</param>
    /// <exception cref="PlatformException">The lock file is damaged.</exception>
    public InstalledConnectors(PackageStore store, string lockFile, FormCheck checkForm, PackageTrust trust)
    {
        (_store, _lockFile, _checkForm, _trust) = (store, lockFile, checkForm, trust);
        using (store.Enter())
        {
            _checked = new CheckedPackages(store.Checked);
            Show(ConnectorsLock.Read(lockFile));
            store.Sweep(Folders());
            _checked.Save(Folders());
        }
    }

    /// <summary>The usable versions, of each connector the active one first; and what cannot be used, with the reasons.</summary>
    public CatalogContent Content => _content;

    public ConnectorsLock Locked => _locked;

    /// <summary>Hears of every change that was written; null for nobody.</summary>
    public Action<ConnectorsLock, ConnectorsLock>? Changed { get; init; }

    /// <summary>Changes what is installed; the answer comes when it is on disk and shown.</summary>
    public T Change<T>(Func<ConnectorsLock, (ConnectorsLock Changed, T Answer)> change)
    {
        lock (_lock)
        {
            using var entered = _store.Enter();
            var before = ConnectorsLock.Read(_lockFile);
            var (changed, answer) = change(before);
            if (!ReferenceEquals(changed, before))
            {
                changed.Write(_lockFile);
                Changed?.Invoke(before, changed);
            }

            Show(changed);
            _store.Sweep(Folders());
            _checked.Save(Folders());
            return answer;
        }
    }

    /// <summary>Sees what another process has changed. While this one changes something, which may take as long as a package is large, nothing waits for it.</summary>
    public void Refresh()
    {
        if (!_lock.TryEnter())
        {
            return;
        }

        try
        {
            if (File.GetLastWriteTimeUtc(_lockFile) != _lockedAt)
            {
                Show(ConnectorsLock.Read(_lockFile));
            }
        }
        finally
        {
            _lock.Exit();
        }
    }

    /// <summary>An installed version's package.</summary>
    /// <exception cref="PlatformException">The copy in the store is damaged or gone.</exception>
    public ConnectorPackage Package(string id, LockedVersion version)
    {
        var (package, broken) = Read(id, version);
        return package ?? throw new PlatformException(
            PlatformFault.Storage, $"The installed copy of {id} {version.Version} is damaged: remove it and install it again. {string.Join(" ", broken!.Problems)}");
    }

    public string FolderOf(string id, LockedVersion version) => _store.FolderOf(id, version.Version, version.Sha256);

    private HashSet<string> Folders() =>
        [.. _locked.Connectors.SelectMany(connector => connector.Versions.Select(version => FolderOf(connector.Id, version)))];

    private void Show(ConnectorsLock locked)
    {
        _lockedAt = File.GetLastWriteTimeUtc(_lockFile);
        _locked = locked;
        var kept = Folders();
        foreach (var gone in _read.Keys.Where(folder => !kept.Contains(folder)).ToList())
        {
            _read.Remove(gone);
        }

        var broken = locked.Sources.Where(source => source.Problems.Count > 0)
            .Select(source => new BrokenPackage(source.Path, source.Id, source.Problems) { Version = source.Version }).ToList();
        var packages = new List<ConnectorPackage>();
        foreach (var connector in locked.Connectors)
        {
            var obstacles = connector.Versions.Select(version => ObstacleTo(connector, version)).OfType<BrokenPackage>().ToList();
            broken.AddRange(obstacles);

            // Without its active version a connector is not usable: another one would take its place unasked.
            if (connector.Active is { } active && obstacles.TrueForAll(obstacle => obstacle.Version != active))
            {
                packages.AddRange(connector.Versions.Where(version => obstacles.TrueForAll(obstacle => obstacle.Version != version.Version))
                    .OrderByDescending(version => version.Version == active)
                    .Select(version => Package(connector.Id, version)));
            }
        }

        _content = new(packages, [.. broken.OrderBy(package => package.Folder, StringComparer.Ordinal)]);
    }

    private BrokenPackage? ObstacleTo(LockedConnector connector, LockedVersion version)
    {
        var reason = version switch
        {
            _ when connector.IsDisabled => $"Disabled; \"connector enable {connector.Id}\" enables it again.",
            { IsUsable: false } => version.Reason,
            _ => null,
        };
        return reason is null
            ? Read(connector.Id, version).Broken
            : new(FolderOf(connector.Id, version), connector.Id, [new("", "", reason)]) { Version = version.Version };
    }

    // What is in the store never changes, so it is read once.
    private (ConnectorPackage? Package, BrokenPackage? Broken) Read(string id, LockedVersion version)
    {
        lock (_lock)
        {
            var folder = FolderOf(id, version);
            if (!_read.TryGetValue(folder, out var read) || read.Broken is not null)
            {
                var isChecked = _checked.Contains(folder);
                read = new PackageReader(folder, _checkForm) { IsKnownWhole = isChecked }.Read();
                if (read.Package is not null && !isChecked)
                {
                    _checked.Add(folder);
                }

                if (read.Package is not null && _trust.ObjectionTo(folder, id, version.Version, version.Sha256) is { } objection)
                {
                    read = (null, new(folder, id, [objection]) { Version = version.Version });
                }

                _read[folder] = read;
            }

            return read;
        }
    }
}
