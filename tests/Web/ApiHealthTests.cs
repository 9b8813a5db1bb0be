using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Host.Schedules;
using ConnectorPlatform.Host.Web.Operations;
using Microsoft.Extensions.Hosting;

namespace ConnectorPlatform.Tests.Web;

public sealed partial class ApiHealthTests : IAsyncLifetime
{
    private SiteClient _site = null!;

    public async ValueTask InitializeAsync() => _site = await SiteClient.StartAsync();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task A_platform_that_runs_is_live_and_ready()
    {
        Assert.Equal("ok", await _site.GetAsync("/health/live"));
        Assert.Equal("ready", JsonElement.Parse(await _site.GetAsync("/health/ready")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_scheduler_that_has_ended_is_told()
    {
        await _site.Part<IEnumerable<IHostedService>>().OfType<SchedulerHost>().Single().StopAsync(TestContext.Current.CancellationToken);
        var ready = JsonElement.Parse(await _site.GetAsync("/health/ready", HttpStatusCode.ServiceUnavailable));

        Assert.Equal("not ready", ready.GetProperty("status").GetString());
        Assert.Contains(
            "The scheduler does not run",
            ready.GetProperty("checks").EnumerateArray().Single(check => !check.GetProperty("isOk").GetBoolean()).GetProperty("trouble").GetString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_metadata_store_that_cannot_be_read_is_told()
    {
        _site.Part<MetadataDatabase>().Execute("DROP TABLE schedule_revision");
        var ready = await _site.GetAsync("/health/ready", HttpStatusCode.ServiceUnavailable);

        Assert.Contains("metadata store", ready, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_little_space_is_told_with_what_to_do()
    {
        var health = new PlatformHealth(_site.Part<DataFolder>(), _site.Part<ScheduleStore>(), [], new HealthOptions { LeastFreeMegabytes = 1_000_000_000 });

        Assert.Contains("free some space", health.Look().Single(check => check.Name == "dataFolder").Trouble, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_can_be_read_by_Prometheus()
    {
        var text = await _site.GetAsync("/metrics");

        Assert.All(text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#'), line => Assert.Matches(Sample(), line));
        foreach (var name in new[] { "connector_platform_queue_length", "connector_platform_runs_running", "connector_platform_datasets", "connector_platform_workers" })
        {
            Assert.Contains($"# TYPE {name} gauge", text, StringComparison.Ordinal);
        }
    }

    [GeneratedRegex("""^[a-zA-Z_:][a-zA-Z0-9_:]*(\{([a-zA-Z_]\w*="([^"\\]|\\.)*",?)*\})? (-?[0-9.]+([eE][+-]?[0-9]+)?|NaN|[+-]Inf)( [0-9]+)?$""")]
    private static partial Regex Sample();
}
