using Microsoft.Playwright;

namespace ConnectorPlatform.Tests.Browser;

/// <summary>A user without a mouse.</summary>
internal static class Keyboard
{
    private const int MostTabs = 80;

    /// <summary>Goes to a control by the tabulator and presses a key on it.</summary>
    public static async Task PressByKeyboardAsync(this IPage page, string selector, string key = "Enter")
    {
        await page.TabToAsync(selector);
        await page.Keyboard.PressAsync(key);
    }

    public static async Task TabToAsync(this IPage page, string selector)
    {
        for (var press = 0; press < MostTabs; press++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await page.EvaluateAsync<bool>("selector => document.activeElement.matches(selector)", selector))
            {
                return;
            }
        }

        Assert.Fail($"{page.Url}: {MostTabs} presses of the tabulator do not lead to {selector}.");
    }
}
