namespace ConnectorPlatform.Host.Certification;

/// <summary>How much of the laws a connector keeps; each level includes those before it.</summary>
internal enum CertificateLevel
{
    None,

    /// <summary>Contract and forms.</summary>
    Bronze,

    /// <summary>Records and resuming.</summary>
    Silver,

    /// <summary>Faults of the source, secrets and memory.</summary>
    Gold,
}

internal enum Verdict
{
    Passed,
    Failed,
    NotApplicable,
}

/// <summary>One law, asked of one connector.</summary>
/// <param name="Id">Short and stable, as in <c>records.keys</c>.</param>
/// <param name="What">The law in a sentence.</param>
/// <param name="Found">What is wrong, where, and what to do; for a law that does not apply, why. Null when it is kept.</param>
internal sealed record Check(string Id, CertificateLevel Level, string What, Verdict Verdict, string? Found);

/// <summary>What a check has found.</summary>
internal sealed record Finding(Verdict Verdict, string? Found)
{
    public static Finding Passed { get; } = new(Verdict.Passed, null);

    public static Finding Failed(string found) => new(Verdict.Failed, found);

    public static Finding NotApplicable(string why) => new(Verdict.NotApplicable, why);

    /// <summary>Failed with the first of the problems and their number, or passed.</summary>
    public static Finding Of(IEnumerable<string> problems)
    {
        var all = problems.Distinct().ToList();
        return all.Count == 0 ? Passed : Failed(all.Count == 1 ? all[0] : $"{all[0]} (and {all.Count - 1} more of this kind)");
    }
}

/// <summary>A law with the work that asks it.</summary>
/// <param name="AskAsync">May throw: what it throws is a failure of the check.</param>
internal sealed record Law(string Id, CertificateLevel Level, string What, Func<CancellationToken, Task<Finding>> AskAsync);

/// <summary>The result of a certification.</summary>
internal sealed record Certificate(string Connector, string? Version, IReadOnlyList<Check> Checks)
{
    /// <summary>The highest level that was asked for whose checks, and those of all levels below, have none that failed.</summary>
    public CertificateLevel Level => Enum.GetValues<CertificateLevel>()
        .Where(level => level <= (Checks.Count == 0 ? CertificateLevel.None : Checks.Max(check => check.Level)))
        .TakeWhile(level => !Checks.Any(check => check.Level == level && check.Verdict == Verdict.Failed))
        .DefaultIfEmpty(CertificateLevel.None)
        .Last();
}
