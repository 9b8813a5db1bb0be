using Microsoft.Playwright;

namespace ConnectorPlatform.Tests.Browser;

/// <summary>Waiting for a page. Playwright's own wait for an expression evaluates text in the page, which the pages' policy forbids.</summary>
internal static class Patience
{
    private const float BetweenLooks = 50;
    private const int Looks = 400;

    /// <summary>Waits until an expression of the page, or a function of it, is true.</summary>
    public static async Task WaitUntilAsync(this IPage page, string expression, object? argument = null)
    {
        for (var look = 0; look < Looks; look++)
        {
            if (await page.EvaluateAsync<bool>(expression, argument))
            {
                return;
            }

            await page.WaitForTimeoutAsync(BetweenLooks);
        }

        Assert.Fail($"{page.Url}: it did not become true that {expression}");
    }
}
