namespace ConnectorPlatform.Tests.Certification;

/// <summary>A package, its contract and its forms: the law that a fault breaks finds it.</summary>
public sealed class SeededPackageFaultTests
{
    [Theory]
    [MemberData(nameof(SeededFaults.OfPackages), MemberType = typeof(SeededFaults))]
    public Task A_seeded_fault_is_found_by_its_law(string fault, string law) => FaultyPackage.IsFoundAsync(fault, law);
}

/// <summary>Records and resuming.</summary>
public sealed class SeededRecordFaultTests
{
    [Theory]
    [MemberData(nameof(SeededFaults.OfRecords), MemberType = typeof(SeededFaults))]
    public Task A_seeded_fault_is_found_by_its_law(string fault, string law) => FaultyPackage.IsFoundAsync(fault, law);
}

/// <summary>What a source does, secrets and memory.</summary>
public sealed class SeededSourceFaultTests
{
    [Theory]
    [MemberData(nameof(SeededFaults.OfSources), MemberType = typeof(SeededFaults))]
    public Task A_seeded_fault_is_found_by_its_law(string fault, string law) => FaultyPackage.IsFoundAsync(fault, law);
}
