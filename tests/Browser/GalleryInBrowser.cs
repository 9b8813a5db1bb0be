using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Web;
using ConnectorPlatform.Tests.Forms;
using ConnectorPlatform.Tests.Web;
using Microsoft.Playwright;

namespace ConnectorPlatform.Tests.Browser;

/// <summary>The gallery of forms in a real browser.</summary>
public abstract class GalleryInBrowser(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    private protected const string Refresh = "**/dev/forms/fields";
    private protected const string BitlyDetails = "/dev/forms?connector=bitly&pane=details";

    private protected static readonly Form Details = Form.Parse(FormSamples.Bitly("details"));

    private SiteClient _site = null!;

    public async ValueTask InitializeAsync() => _site = await SiteClient.StartAsync((folder, address) =>
    {
        var server = Server.Build(folder.File("data"), address);
        server.Configuration["Web:Development"] = "true";
        return server;
    });

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _site.DisposeAsync();
    }

    private protected async Task<IPage> OpenAsync(string path, bool withScripts = true)
    {
        var page = await chromium.OpenAsync(withScripts: withScripts);
        await page.GotoAsync(_site.Address + path);
        return page;
    }

    private protected static async Task ChooseReportAsync(IPage page, string report)
    {
        await page.SelectOptionAsync("#field-report", report);
        await FieldsBecomeAsync(page, Details.Settle($$"""{"report":"{{report}}"}""").Visible);
    }

    /// <summary>Holds every refresh, or those that say something, until the result is set.</summary>
    private protected static async Task<TaskCompletionSource> HoldAsync(IPage page, string only = "")
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await page.RouteAsync(Refresh, async route =>
        {
            if (route.Request.PostData!.Contains(only, StringComparison.Ordinal))
            {
                await release.Task;
            }

            await route.ContinueAsync();
        });
        return release;
    }

    private protected static async Task FieldsBecomeAsync(IPage page, IReadOnlyList<string> expected)
    {
        await page.WaitUntilAsync(
            "expected => [...document.querySelectorAll('#form-fields [data-field]')].map(field => field.dataset.field).sort().join() === expected",
            string.Join(',', Sorted(expected)),
            orElse: async () => Assert.Equal(Sorted(expected), Sorted(await FieldsAsync(page))));
    }

    private protected static async Task<string[]> FieldsAsync(IPage page) =>
        await page.EvaluateAsync<string[]>("[...document.querySelectorAll('#form-fields [data-field]')].map(field => field.dataset.field)");

    private protected static string[] Sorted(IEnumerable<string> names) => [.. names.Order(StringComparer.Ordinal)];
}
