using Microsoft.Playwright;

namespace ConnectorPlatform.Tests.Browser;

/// <summary>Waiting for the page that a press or a click leads to.</summary>
internal static class Arrival
{
    private const int MostLooks = 60;
    private const int LookMilliseconds = 1_000;

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
                await page.WaitForURLAsync(address, new PageWaitForURLOptions { Timeout = LookMilliseconds });
                return;
            }
            catch (TimeoutException) when (look < MostLooks)
            {
                // Looked at again.
            }
        }
    }

    /// <summary>Does what leads to another document, be it at the same address, and waits until that is loaded. Only with scripts.</summary>
    public static async Task LeaveAsync(this IPage page, Func<Task> act)
    {
        await page.EvaluateAsync("document.isLeft = true");
        await act();
        await page.WaitForFunctionAsync("!document.isLeft && document.readyState === 'complete'");
    }
}
