using ConnectorPlatform.Host.Certification;

namespace ConnectorPlatform.Tests.Certification;

/// <summary>The good connector into which the faults are seeded.</summary>
public sealed class FaultlessTests
{
    [Fact]
    public async Task The_connector_without_a_fault_keeps_every_law()
    {
        using var package = FaultyPackage.With("none");

        var certificate = await package.CertifyAsync("");

        Assert.Empty(certificate.Checks.Where(check => check.Verdict != Verdict.Passed).Select(check => $"{check.Id} {check.Verdict}: {check.Found}"));
        Assert.Equal(CertificateLevel.Gold, certificate.Level);
        Assert.Empty(SeededFaults.Laws.Except(certificate.Checks.Select(check => check.Id)));
    }

    [Theory]
    [InlineData("faults.502")]
    [InlineData("faults.cut")]
    public async Task A_request_that_the_platform_does_not_repeat_may_fail_as_trouble_of_the_source(string law)
    {
        using var package = FaultyPackage.ByPost();

        var certificate = await package.CertifyAsync(law);

        Assert.Contains(certificate.Checks, check => check.Id == law);
        Assert.Empty(certificate.Checks.Where(check => check.Verdict != Verdict.Passed).Select(check => $"{check.Id}: {check.Found}"));
    }

    [Fact]
    public async Task A_value_that_arrives_in_another_row_since_rows_are_sorted_by_it_has_arrived()
    {
        using var package = FaultyPackage.With("sorts-by-count");

        var certificate = await package.CertifyAsync("records.integers");

        Assert.Equal((Verdict.Passed, null), certificate.Checks.Where(check => check.Id == "records.integers").Select(check => (check.Verdict, check.Found)).Single());
    }

    [Fact]
    public async Task Other_recordings_than_the_packages_own_can_be_asked()
    {
        using var package = FaultyPackage.With("null-is-empty");
        using var good = FaultyPackage.With("none");

        var check = (await package.CertifyAsync("records.empty", samples: Path.Combine(good.Folder, "samples"))).Checks.Single(check => check.Id == "records.empty");

        Assert.Equal(Verdict.Passed, check.Verdict);
    }
}
