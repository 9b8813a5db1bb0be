using System.Globalization;
using ConnectorPlatform.Tests.Http;
using Microsoft.AspNetCore.Http;

namespace ConnectorPlatform.Tests.Support;

/// <summary>A source for the connector <c>hello</c>: greetings 1 to <see cref="Greetings"/> in pages, and what happens to requests meanwhile.</summary>
internal sealed class GreetingSource : IAsyncDisposable
{
    private LoopbackSource _server = null!;

    private GreetingSource()
    {
    }

    public int Greetings { get; set; } = 3;

    public int PageSize { get; set; } = 100;

    /// <summary>The first greeting's id; the next are numbered from it.</summary>
    public int First { get; set; } = 1;

    /// <summary>What a greeting says.</summary>
    public Func<int, string> Say { get; set; } = id => $"Hello {id}";

    /// <summary>Answers instead; false leaves it to the source.</summary>
    public Func<HttpContext, Task<bool>> Instead { get; set; } = _ => Task.FromResult(false);

    /// <summary>Comes after each reply, with the greeting after which it began.</summary>
    public Action<int> Served { get; set; } = _ => { };

    public Uri Address => _server.Address;

    public int Requests => _server.Requests.Count;

    public static async Task<GreetingSource> StartAsync()
    {
        var source = new GreetingSource();
        source._server = await LoopbackSource.StartAsync(source.AnswerAsync);
        return source;
    }

    /// <summary>The rows of a DataSet that holds the first greetings.</summary>
    public static IReadOnlyList<string> Rows(int count, string text) =>
        [.. Enumerable.Range(1, count).Select(id => $"[{id}, \"{text} {id}\", 0.5, \"2026-10-30T12:00:00Z\"]")];

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        if (await Instead(context))
        {
            return;
        }

        var after = Math.Max(0, int.Parse(context.Request.Query["after"]!, CultureInfo.InvariantCulture) - First + 1);
        var page = Enumerable.Range(after + 1, Math.Clamp(Greetings - after, 0, PageSize))
            .Select(id => new { id = id + First - 1, text = Say(id), warmth = 0.5m, said_at = "2026-10-30T12:00:00Z" })
            .ToList();
        await context.Response.WriteAsJsonAsync(new { greetings = page, has_more = after + page.Count < Greetings }, context.RequestAborted);
        await context.Response.CompleteAsync();
        Served(after);
    }
}
