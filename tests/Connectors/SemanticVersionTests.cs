using ConnectorPlatform.Host.Connectors;

namespace ConnectorPlatform.Tests.Connectors;

public sealed class SemanticVersionTests
{
    [Fact]
    public void Versions_are_ordered_as_the_specification_orders_them()
    {
        string[] ordered =
        [
            "0.9.9", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11",
            "1.0.0-rc.1", "1.0.0", "1.2.0", "1.10.0", "2.0.0",
        ];

        Assert.Equal(ordered, ordered.Reverse().OrderBy(SemanticVersion.Parse));
    }

    [Fact]
    public void Build_metadata_does_not_count() =>
        Assert.Equal(0, SemanticVersion.Parse("1.0.0+a").CompareTo(SemanticVersion.Parse("1.0.0+b")));

    [Theory]
    [InlineData("1.0")]
    [InlineData("1.0.0.0")]
    [InlineData("1.0.0-")]
    [InlineData("1.0.0\n")]
    [InlineData("9999999999.0.0")]
    public void Anything_else_is_no_version(string text) => Assert.Throws<FormatException>(() => SemanticVersion.Parse(text));
}
