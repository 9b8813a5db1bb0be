using ConnectorPlatform.Connectors.Bitly;

namespace ConnectorPlatform.Tests.Bitly;

public sealed class BitlinkTests
{
    [Theory]
    [InlineData("bit.ly/3kQwXyZ", "bit.ly/3kQwXyZ")]
    [InlineData("https://bit.ly/3kQwXyZ", "bit.ly/3kQwXyZ")]
    [InlineData("HTTP://BIT.LY/3kQwXyZ", "bit.ly/3kQwXyZ")]
    [InlineData("//j.mp/3kQwXyZ", "j.mp/3kQwXyZ")]
    [InlineData("  bit.ly/3kQwXyZ+ \n", "bit.ly/3kQwXyZ")]
    [InlineData("https://bit.ly/3kQwXyZ+?utm_source=mail&x=/y", "bit.ly/3kQwXyZ")]
    [InlineData("https://bit.ly/3kQwXyZ#section", "bit.ly/3kQwXyZ")]
    [InlineData("https://go.example.com/Spring-Sale_26/", "go.example.com/Spring-Sale_26")]
    [InlineData("go.example.com/caf%C3%A9", "go.example.com/café")]
    public void A_pasted_Bitlink_is_normalised(string pasted, string bitlink) => Assert.Equal(bitlink, Bitlink.Normalise(pasted));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("bit.ly")]
    [InlineData("bit.ly/")]
    [InlineData("bit.ly/+")]
    [InlineData("3kQwXyZ")]
    [InlineData("bit.ly/two words")]
    [InlineData("https://shop.example.com/spring/sale")]
    [InlineData("https://user:secret@bit.ly/3kQwXyZ")]
    [InlineData("ftp://bit.ly/3kQwXyZ")]
    [InlineData("bit.ly/..")]
    [InlineData("bit.ly/%2e%2e")]
    [InlineData("bit.ly/a%2Fb")]
    [InlineData("localhost/3kQwXyZ")]
    public void What_is_no_Bitlink_is_refused_as_the_details_fault(string? pasted) =>
        Assert.Equal(FailureKind.Details, Assert.Throws<ConnectorException>(() => Bitlink.Normalise(pasted)).Kind);

    [Fact]
    public void Only_the_slash_of_a_Bitlink_stands_unescaped_in_a_path() =>
        Assert.Equal("go.example.com/caf%C3%A9%20%3F", Bitlink.ToPath("go.example.com/café ?"));
}
