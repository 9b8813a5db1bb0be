namespace ConnectorPlatform.Host.Forms;

/// <summary>What a form says about one object (the root, a fieldset, an item of a repeated group), whatever the data.</summary>
internal sealed class Scope
{
    private readonly Dictionary<string, List<Site>> _sites = [];
    private readonly Dictionary<string, List<Entry>> _entries = [];
    private readonly List<Test> _tests = [];
    private readonly Lazy<IReadOnlyDictionary<string, string>> _reasons;

    private Scope(Scope? parent, IEnumerable<(Branch Branch, GuardPath Path)> roots)
    {
        Parent = parent;
        Level = parent is null ? 0 : parent.Level + 1;
        foreach (var (branch, path) in roots)
        {
            Collect(branch, path);
        }

        Children = _entries
            .Select(named => (named.Key, Roots: named.Value.SelectMany(NestedRoots).ToList()))
            .Where(named => named.Roots.Count > 0)
            .ToDictionary(named => named.Key, named => new Scope(this, named.Roots));
        Controllers =
        [
            .. _tests.SelectMany(test => test.If.ControllerNames())
                .Concat(_sites.Values.SelectMany(sites => sites).SelectMany(site => site.Field.Menu?.DependsOn ?? []))
                .Distinct(),
        ];
        _reasons = new(() => _sites.ToDictionary(named => named.Key, named => HiddenReason.Of(named.Value, this)));
    }

    /// <summary>The enclosing object's scope; null for the root.</summary>
    public Scope? Parent { get; }

    /// <summary>How many objects enclose this one.</summary>
    public int Level { get; }

    /// <summary>The declarations of each field, in document order.</summary>
    public IReadOnlyDictionary<string, List<Site>> Sites => _sites;

    /// <summary>Everything under <c>properties</c>, tightenings included.</summary>
    public IReadOnlyDictionary<string, List<Entry>> Entries => _entries;

    /// <summary>Every <c>if</c>.</summary>
    public IReadOnlyList<Test> Tests => _tests;

    /// <summary>The scopes of fieldsets and repeated groups by name.</summary>
    public IReadOnlyDictionary<string, Scope> Children { get; }

    /// <summary>Names that an <c>if</c> tests or that a live menu depends on.</summary>
    public IReadOnlyList<string> Controllers { get; }

    /// <summary>For each field, when it is shown; read only for hidden ones.</summary>
    public string ReasonFor(string name) => _reasons.Value[name];

    public Scope AtLevel(int level) => level == Level ? this : Parent!.AtLevel(level);

    public Field? FieldNamed(string name) => _sites.TryGetValue(name, out var sites) ? sites[0].Field : null;

    public static Scope Of(Branch root) => new(null, [(root, GuardPath.Always)]);

    private void Collect(Branch branch, GuardPath path)
    {
        foreach (var property in branch.Properties)
        {
            Add(_entries, property.Name, new Entry(property, path));
            if (property.Field is { } field)
            {
                Add(_sites, property.Name, new Site(field, property.Pointer, path));
            }
        }

        foreach (var member in branch.AllOf)
        {
            Collect(member, path);
        }

        if (branch.If is { } condition)
        {
            _tests.Add(new Test(condition, path, branch));
            if (branch.Then is { } then)
            {
                Collect(then, path.With(new Guard(condition, Holds: true, Level)));
            }

            if (branch.Else is { } otherwise)
            {
                Collect(otherwise, path.With(new Guard(condition, Holds: false, Level)));
            }
        }
    }

    private static void Add<T>(Dictionary<string, List<T>> lists, string name, T item)
    {
        if (!lists.TryGetValue(name, out var list))
        {
            lists[name] = list = [];
        }

        list.Add(item);
    }

    private static IEnumerable<(Branch, GuardPath)> NestedRoots(Entry entry)
    {
        if (entry.Property.Members is { } members)
        {
            yield return (members, entry.Path);
        }

        if (entry.Property.Items is { } items)
        {
            yield return (items, entry.Path);
        }
    }
}

/// <summary>A declaration of a field and the conditions under which it applies.</summary>
internal sealed record Site(Field Field, string Pointer, GuardPath Path);

/// <summary>An entry under <c>properties</c> and the conditions under which it applies.</summary>
internal sealed record Entry(Property Property, GuardPath Path);

/// <summary>An <c>if</c>, the conditions under which it is asked, and the subschema it stands in.</summary>
internal sealed record Test(Condition If, GuardPath Path, Branch Owner);

/// <summary>An <c>if</c> and the outcome that lets a branch apply.</summary>
/// <remarks><c>Level</c> is that of the scope whose object is tested.</remarks>
internal sealed record Guard(Condition If, bool Holds, int Level);

/// <summary>The guards from the root down to a branch; all must be met.</summary>
internal sealed record GuardPath(IReadOnlyList<Guard> Guards)
{
    public static GuardPath Always { get; } = new([]);

    public GuardPath With(Guard guard) => new([.. Guards, guard]);

    /// <summary>True when this applies wherever <paramref name="other"/> does, because it encloses it.</summary>
    public bool Encloses(GuardPath other) =>
        Guards.Count <= other.Guards.Count
        && Guards.Zip(other.Guards).All(pair => ReferenceEquals(pair.First.If, pair.Second.If) && pair.First.Holds == pair.Second.Holds);
}
