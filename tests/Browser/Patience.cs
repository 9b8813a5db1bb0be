using Microsoft.Playwright;

namespace ConnectorPlatform.Tests.Browser;

/// <summary>Waiting for a page. Playwright's own wait for an expression evaluates text in the page, which the pages' policy forbids.</summary>
internal static class Patience
{
    private const float BetweenLooks = 50;
    private const int Looks = 400;

    /// <summary>Waits until an expression of the page, or a function of it, is true.</summary>
    /// <param name="page">The page.</param>
    /// <param name="expression">The expression.</param>
    /// <param name="argument">What the function is given.</param>
    /// <param name="orElse">An assertion that tells more of what is there instead.</param>
    public static async Task WaitUntilAsync(this IPage page, string expression, object? argument = null, Func<Task>? orElse = null)
    {
        for (var look = 0; look < Looks; look++)
        {
            if (await page.EvaluateAsync<bool>(expression, argument))
            {
                return;
            }

            await page.WaitForTimeoutAsync(BetweenLooks);
        }

        await (orElse?.Invoke() ?? Task.CompletedTask);
        Assert.Fail($"{page.Url}: it did not become true that {expression}");
    }
}
