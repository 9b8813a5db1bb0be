using ConnectorPlatform.Host;

namespace ConnectorPlatform.Tests.DataSets;

public sealed class ShortTextTests
{
    [Theory]
    [InlineData("abc", 3, "abc")]
    [InlineData("abcd", 3, "abc…")]
    [InlineData("ab🦀", 3, "ab…")]
    [InlineData("ab🦀", 4, "ab🦀")]
    [InlineData("ab🦀c", 4, "ab🦀…")]
    [InlineData("", 3, "")]
    public void A_text_is_shortened_between_two_characters(string text, int longest, string shortened) => Assert.Equal(shortened, text.Shortened(longest));
}
