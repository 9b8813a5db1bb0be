namespace ConnectorPlatform.Tests.Certification;

/// <summary>The seeded faults with the laws that they break; each is the only one in a good connector. Three lists, so that their tests run beside each other.</summary>
public static class SeededFaults
{
    /// <summary>Of package, contract and forms.</summary>
    public static TheoryData<string, string> OfPackages => new()
    {
        { "constructor-socket", "contract.constructor" },
        { "constructor-file", "contract.constructor" },
        { "constructor-listens", "contract.constructor" },
        { "constructor-file-once", "contract.constructor" },
        { "damaged-assembly", "package.whole" },
        { "other-assembly", "package.whole" },
        { "newer-contract", "package.whole" },
        { "missing-reply", "contract.reads" },
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
    };

    /// <summary>Of records and resuming.</summary>
    public static TheoryData<string, string> OfRecords => new()
    {
        { "crash-on-null", "records.empty" },
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
    };

    /// <summary>Of what a source does, of secrets and memory.</summary>
    public static TheoryData<string, string> OfSources => new()
    {
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

    /// <summary>The laws that have a fault.</summary>
    public static IEnumerable<string> Laws => new[] { OfPackages, OfRecords, OfSources }.SelectMany(faults => faults).Select(fault => fault.Data.Item2);
}
