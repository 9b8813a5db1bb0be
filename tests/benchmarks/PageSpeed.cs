using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Web;
using ConnectorPlatform.Host.Web.Forms;
using ConnectorPlatform.Host.Web.Site;
using Microsoft.Extensions.DependencyInjection;

namespace ConnectorPlatform.Benchmarks;

/// <summary>The page over HTTP, as a browser on this machine asks for it.</summary>
/// <param name="ReadyMilliseconds">From the start of <c>serve</c> to its first answer, on a folder that was used before.</param>
/// <param name="HomeMilliseconds">The Data Center with 10,000 DataSets and five runs each: the median…</param>
/// <param name="SlowestHomeMilliseconds">…and the slowest of its sorts and filters.</param>
/// <param name="FormMilliseconds">The Bitly form with a report chosen, settled and rendered, warm.</param>
/// <param name="HomeKilobytes">What a first visit of it loads, compressed: page, sheet, script, icons.</param>
internal sealed partial record PageSpeed(double ReadyMilliseconds, double HomeMilliseconds, double SlowestHomeMilliseconds, double FormMilliseconds, double HomeKilobytes)
{
    private const int DataSets = 10_000;
    private const int RunsOfEach = 5;
    private const int Repetitions = 15;

    private static readonly string[] Homes = ["/", "/?sort=last&dir=desc", "/?sort=next", "/?sort=rows", "/?q=clicks", "/?view=attention", "/?page=100"];

    public string ToJson() => JsonSerializer.Serialize(this);

    public static async Task<PageSpeed> MeasureAsync(string folder)
    {
        var data = Path.Combine(folder, "data");
        double home, slowest, form, kilobytes;
        var address = Server.FreeAddress();
        await using (var server = Server.Build(data, address, Pages.Map, Server.WithoutSignIn))
        {
            await server.StartPlatformAsync(CancellationToken.None);
            Fill(server.Services);
            using var browser = new HttpClient { BaseAddress = new Uri(address) };
            browser.DefaultRequestHeaders.AcceptEncoding.Add(new StringWithQualityHeaderValue("br"));
            var medians = new List<double>();
            foreach (var path in Homes)
            {
                medians.Add(await MedianAsync(() => browser.GetByteArrayAsync(path)));
            }

            (home, slowest) = (medians[0], medians.Max());
            form = FormTime(server.Services);
            kilobytes = await WeightAsync(browser, address) / 1000.0;
            await server.StopPlatformAsync();
        }

        return new PageSpeed(await ReadyAsync(data), home, slowest, form, kilobytes);
    }

    private static void Fill(IServiceProvider parts)
    {
        var (dataSets, runs) = (parts.GetRequiredService<DataSetConfigurationStore>(), parts.GetRequiredService<RunStore>());
        var details = JsonElement.Parse("{}");
        var package = parts.GetRequiredService<ConnectorCatalog>().Find("hello");
        var start = DateTimeOffset.UtcNow.AddDays(-RunsOfEach);
        Parallel.For(0, DataSets, number =>
        {
            var dataSet = new DataSetConfiguration
            {
                Id = Guid.CreateVersion7().ToString("N"),
                Name = $"Link clicks of campaign {number}",
                Connector = package.Manifest.Id,
                Details = details,
                UpdateMethod = UpdateMethod.Replace,
                CreatedAt = start,
                UpdatedAt = start,
            };
            dataSets.Add(dataSet);
            for (var run = 1; run <= RunsOfEach; run++)
            {
                runs.Add(Run(dataSet, package.Manifest.Version.ToString(), number, run, start.AddDays(run - 1)));
            }
        });
    }

    private static RunRecord Run(DataSetConfiguration dataSet, string version, int number, int run, DateTimeOffset at) => new()
    {
        Id = Guid.CreateVersion7().ToString("N"),
        DataSetId = dataSet.Id,
        Fence = run,
        Instance = "benchmark",
        Trigger = RunTrigger.Schedule,
        ConnectorVersion = version,
        Details = dataSet.Details,
        UpdateMethod = dataSet.UpdateMethod,
        State = number % 10 == 0 ? RunState.Failed : RunState.Succeeded,
        Phase = RunPhase.Ended,
        StartedAt = at,
        EndedAt = at.AddSeconds(number % 100),
        Counts = new RunCounts { RowsWritten = number },
    };

    private static double FormTime(IServiceProvider parts)
    {
        var templates = parts.GetRequiredService<HtmlTemplates>();
        var scene = new FormScene { Form = Form.Parse(parts.GetRequiredService<ConnectorCatalog>().Find("bitly").DetailsForm), RefreshPath = "/" };
        var data = JsonElement.Parse("""{ "report": "link_clicks", "bitly_link": "bit.ly/2bYRLXg" }""");
        var times = new List<double>();
        for (var repetition = 0; repetition < 500; repetition++)
        {
            var start = Stopwatch.GetTimestamp();
            _ = templates.Render("form", FormPresenter.Open(scene, data, isSaved: false), new PageRequest(() => "", _ => true, _ => true, false));
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return Median.Of(times.TakeLast(200));
    }

    private static async Task<double> MedianAsync(Func<Task> askAsync)
    {
        await askAsync();
        var times = new List<double>();
        for (var repetition = 0; repetition < Repetitions; repetition++)
        {
            var start = Stopwatch.GetTimestamp();
            await askAsync();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return Median.Of(times);
    }

    private static async Task<long> WeightAsync(HttpClient browser, string address)
    {
        using var plain = new HttpClient { BaseAddress = new Uri(address) };
        var assets = AssetPath().Matches(await plain.GetStringAsync("/")).Select(match => match.Value).Distinct();
        var weight = (long)(await browser.GetByteArrayAsync("/")).Length;
        foreach (var asset in assets)
        {
            weight += (await browser.GetByteArrayAsync(asset)).Length;
        }

        return weight;
    }

    private static async Task<double> ReadyAsync(string data)
    {
        var executable = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../connector-host/release/connector-host"));
        var times = new List<double>();
        for (var repetition = 0; repetition < 5; repetition++)
        {
            var address = Server.FreeAddress();
            using var browser = new HttpClient { BaseAddress = new Uri(address) };
            var start = Stopwatch.GetTimestamp();
            using var process = Process.Start(new ProcessStartInfo(executable, ["serve", "--data", data, "--url", address]) { RedirectStandardOutput = true })!;
            while (!await AnswersAsync(browser))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5));
            }

            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        return Median.Of(times);
    }

    private static async Task<bool> AnswersAsync(HttpClient browser)
    {
        try
        {
            using var response = await browser.GetAsync("/health/live");
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    [GeneratedRegex("/assets/[a-z]+-[0-9a-f]+\\.[a-z]+")]
    private static partial Regex AssetPath();
}
