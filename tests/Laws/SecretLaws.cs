using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Tests.Laws.Cases;
using ConnectorPlatform.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace ConnectorPlatform.Tests.Laws;

/// <summary>Credentials leave the store for the source alone, even when the source talks about them.</summary>
public sealed class SecretLaws
{
    [Theory]
    [MemberData(nameof(ScenarioBench.Names), MemberType = typeof(ScenarioBench))]
    public async Task No_secret_stands_in_any_log_record_or_file(string name)
    {
        await using var bench = await ScenarioBench.StartAsync(name);
        var dataSet = await bench.AddDataSetAsync(UpdateMethod.Replace);
        var runs = new List<RunRecord> { await bench.RunAsync(dataSet) };
        foreach (var echo in Echoes)
        {
            bench.Interfere = (context, _) => echo(context);
            runs.Add(await bench.RunAsync(dataSet));
        }

        var secret = Canary.For("access_token");
        Assert.Equal(secret, bench.Platform.Part<AccountStore>().Reveal(bench.Account, "a test").GetProperty("access_token").GetString());
        Assert.Empty(runs.SelectMany(run => Canary.FindIn(run.ToString(), secret)));
        Assert.Empty(runs.SelectMany(run => Canary.FindIn($"{run.Failure} {string.Join(" ", run.Warnings)}", secret)));
        Assert.Empty(bench.Platform.Log.Lines.SelectMany(line => Canary.FindIn(line, secret)));
        Assert.Empty(Canary.FindInFiles(bench.Platform.DataFolder, secret));
    }

    [Fact]
    public async Task A_secret_would_be_found_in_whatever_way_it_were_written()
    {
        using var folder = new TemporaryFolder();
        var secret = Canary.For("access_token");
        foreach (var (encoding, bytes) in Canary.Forms(secret))
        {
            await File.WriteAllBytesAsync(folder.File(encoding), [0, 1, .. bytes, 2], TestContext.Current.CancellationToken);
        }

        var found = Canary.FindInFiles(folder.Path, secret).ToList();

        Assert.All(Canary.Forms(secret), form => Assert.Contains($"{form.Encoding} as {form.Encoding}", found));
    }

    [Fact]
    public async Task The_source_receives_the_secret()
    {
        await using var bench = await ScenarioBench.StartAsync(Scenario.Names("hello").First());
        string? seen = null;
        bench.Interfere = (context, _) =>
        {
            seen = context.Request.Headers.Authorization;
            return Task.FromResult(false);
        };

        await bench.RunAsync(await bench.AddDataSetAsync(UpdateMethod.Replace));

        Assert.Equal($"Bearer {Canary.For("access_token")}", seen);
    }

    /// <summary>Sources that tell the secret back: in a refusal, in a reply that cannot be read, in an address to go to, in a header.</summary>
    private static IEnumerable<Func<HttpContext, Task<bool>>> Echoes =>
    [
        context => ReplyAsync(context, 400, $$"""{ "message": "{{Token(context)}}", "description": "Not with {{Uri.EscapeDataString(Token(context))}}" }"""),
        context => ReplyAsync(context, 200, Token(context)),
        context =>
        {
            context.Response.Headers.Location = $"/elsewhere?token={Uri.EscapeDataString(Token(context))}";
            context.Response.Headers["X-Token"] = Token(context);
            return ReplyAsync(context, context.Request.Path == "/elsewhere" ? 404 : 302, Token(context));
        },
    ];

    private static string Token(HttpContext context) => context.Request.Headers.Authorization.ToString().Replace("Bearer ", "", StringComparison.Ordinal);

    private static async Task<bool> ReplyAsync(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body, context.RequestAborted);
        return true;
    }
}
