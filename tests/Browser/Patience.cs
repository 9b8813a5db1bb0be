using Microsoft.Playwright;

namespace ConnectorPlatform.Tests.Browser;

/// <summary>Waiting for a page. Playwright's own wait for an expression evaluates text in the page, which the pages' policy forbids.</summary>
internal static class Patience
{
    private const float BetweenLooks = 50;
    private const int Looks = 400;
    private const int MostArrivals = 60;
    private const float ArrivalMilliseconds = 1_000;

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

    /// <summary>Waits until the page of this address is loaded, by the patterns of <see cref="IPage.WaitForURLAsync(string, PageWaitForURLOptions?)"/>.</summary>
    /// <remarks>
    /// Playwright looks at the address once and listens from then on, while its own thread changes the address: a page that comes just between is never
    /// noticed. So it is asked again and again instead of once for long.
    /// </remarks>
    public static async Task ArriveAtAsync(this IPage page, string address)
    {
        for (var look = 1; ; look++)
        {
            try
            {
                await page.WaitForURLAsync(address, new PageWaitForURLOptions { Timeout = ArrivalMilliseconds });
                return;
            }
            catch (TimeoutException) when (look < MostArrivals)
            {
                // Looked at again.
            }
        }
    }

    /// <summary>Does what leads to another document, be it at the same address, and waits until that is loaded.</summary>
    public static async Task LeaveAsync(this IPage page, Func<Task> act)
    {
        await page.EvaluateAsync("document.documentElement.dataset.left = ''");
        await act();
        await Assertions.Expect(page.Locator("html[data-left]")).ToHaveCountAsync(0);
        await page.WaitUntilAsync("document.readyState === 'complete'");
    }
}
