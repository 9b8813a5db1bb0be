using ConnectorPlatform.Host.Certification;

namespace ConnectorPlatform.Tests.Certification;

/// <summary>Each fault is the only one in a good connector; the law that it breaks must find it.</summary>
public sealed class SeededFaultTests
{
    /// <summary>Fault and law.</summary>
    public static TheoryData<string, string> Faults => new()
    {
        { "constructor-socket", "contract.constructor" },
        { "constructor-file", "contract.constructor" },
        { "constructor-listens", "contract.constructor" },
        { "constructor-file-once", "contract.constructor" },
        { "damaged-assembly", "package.whole" },
        { "other-assembly", "package.whole" },
        { "newer-contract", "package.whole" },
        { "missing-reply", "contract.reads" },
        { "crash-on-null", "records.empty" },
        { "ignores-cancellation", "contract.cancellation" },
        { "static-token", "contract.accounts" },
        { "static-rows", "contract.accounts" },
        { "lint", "forms.lint" },
        { "dead-branch", "forms.lint" },
        { "contradictory-branch", "forms.lint" },
        { "crossed-limits", "forms.branches" },
        { "beyond-maximum", "forms.branches" },
        { "unknown-menu", "forms.menus" },
        { "untrimmed-menu", "forms.page" },
        { "invalid-example", "forms.examples" },
        { "column-type-changes", "records.columns" },
        { "column-missing", "records.columns" },
        { "null-key", "records.keys" },
        { "same-key", "records.keys" },
        { "doubles-row", "records.keys" },
        { "cuts-text", "records.unicode" },
        { "ascii-text", "records.unicode" },
        { "null-is-empty", "records.empty" },
        { "empty-is-null", "records.empty" },
        { "integer-through-double", "records.integers" },
        { "local-time", "records.instants" },
        { "through-local-time", "records.instants" },
        { "local-day", "records.zone" },
        { "decimal-through-double", "records.decimals" },
        { "decimal-rounded", "records.decimals" },
        { "null-is-zero", "records.decimals" },
        { "sum-through-double", "records.decimals" },
        { "double-through-float", "records.doubles" },
        { "loses-negative-zero", "records.doubles" },
        { "first-day-is-null", "records.dates" },
        { "null-is-first-day", "records.dates" },
        { "day-of-old-clock", "records.dates" },
        { "no-leap-day", "records.dates" },
        { "null-is-false", "records.booleans" },
        { "skips-at-resume", "resume.rest" },
        { "ignores-state", "resume.rest" },
        { "first-row-missing-at-checkpoint", "resume.rest" },
        { "checkpoint-ahead", "resume.rest" },
        { "checkpoint-behind", "resume.rest" },
        { "state-as-text", "resume.checkpoint" },
        { "busy-is-end", "faults.429-lasting" },
        { "busy-is-asked-again", "faults.429-lasting" },
        { "swallows-502", "faults.502-lasting" },
        { "swallows-503", "faults.503-lasting" },
        { "cut-is-end", "faults.cut-lasting" },
        { "slow-is-end", "faults.slow" },
        { "slow-is-asked-again", "faults.slow" },
        { "swallows-500", "faults.500" },
        { "any-failure-is-credentials", "faults.500" },
        { "html-is-empty", "faults.html" },
        { "unhandled-type", "faults.html" },
        { "wrong-kind", "faults.401" },
        { "own-client", "faults.redirect" },
        { "loops", "faults.loop" },
        { "secret-in-log", "secrets.outputs" },
        { "secret-in-error", "secrets.outputs" },
        { "secret-in-record", "secrets.outputs" },
        { "secret-in-url", "secrets.outputs" },
        { "secret-in-samples", "secrets.samples" },
        { "keeps-rows", "memory.flat" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_seeded_fault_is_found_by_its_law(string fault, string law)
    {
        using var package = FaultyPackage.With(fault);

        var certificate = await package.CertifyAsync(law);

        var check = Assert.Single(certificate.Checks, check => check.Verdict == Verdict.Failed);
        Assert.Equal(law, check.Id);
        Assert.True(check.Found!.Length > 20, $"A failure says what, where and what to do: {check.Found}");
        Assert.True(certificate.Level < check.Level);
    }

    [Fact]
    public async Task The_connector_without_a_fault_keeps_every_law()
    {
        using var package = FaultyPackage.With("none");

        var certificate = await package.CertifyAsync("");

        Assert.Empty(certificate.Checks.Where(check => check.Verdict != Verdict.Passed).Select(check => $"{check.Id} {check.Verdict}: {check.Found}"));
        Assert.Equal(CertificateLevel.Gold, certificate.Level);
        Assert.All(Faults, fault => Assert.Contains(certificate.Checks, check => check.Id == fault.Data.Item2));
    }
}
