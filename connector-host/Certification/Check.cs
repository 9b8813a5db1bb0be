namespace ConnectorPlatform.Host.Certification;

/// <summary>How far a connector can be relied on: contract and forms, then records and resuming, then faults and limits.</summary>
internal enum CertificateLevel
{
    None,
    Bronze,
    Silver,
    Gold,
}

internal enum Verdict
{
    Passed,
    Failed,

    /// <summary>The connector has nothing that the check could look at.</summary>
    NotApplicable,

    /// <summary>An earlier failure keeps the check from looking.</summary>
    NotReached,
}

/// <summary>One law that a connector must keep.</summary>
/// <param name="Id">Its name in reports.</param>
/// <param name="Level">The level that needs it.</param>
/// <param name="What">The law, as a sentence.</param>
/// <param name="JudgeAsync">Returns when the law is kept. Throws <see cref="CheckFailedException"/> or <see cref="CheckNotApplicableException"/> otherwise.</param>
internal sealed record Check(string Id, CertificateLevel Level, string What, Func<Subject, CancellationToken, Task> JudgeAsync);

/// <summary>What a check has found.</summary>
/// <param name="Finding">What, where and what to do; empty for a law that is kept.</param>
internal sealed record CheckResult(string Id, CertificateLevel Level, string What, Verdict Verdict, string Finding)
{
    public static CheckResult Of(Check check, Verdict verdict, string finding = "") => new(check.Id, check.Level, check.What, verdict, finding);
}

/// <summary>The connector breaks a law; the message says where and what to do.</summary>
internal sealed class CheckFailedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>There is nothing to judge; the message says why.</summary>
internal sealed class CheckNotApplicableException(string message) : Exception(message);

/// <summary>The verdict on one version of a connector.</summary>
internal sealed record Certificate(string Connector, string Version, IReadOnlyList<CheckResult> Checks)
{
    /// <summary>The highest level of which, and of all below, no check failed or was left out.</summary>
    public CertificateLevel Level => Enum.GetValues<CertificateLevel>()
        .Where(level => level > CertificateLevel.None)
        .TakeWhile(level => Checks.Where(check => check.Level == level).All(check => check.Verdict is Verdict.Passed or Verdict.NotApplicable))
        .LastOrDefault();
}
