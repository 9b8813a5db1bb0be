using System.Text.Json;
using System.Text.Json.Nodes;
using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Certification;

/// <summary>Where a source sends a connector: round in circles, or to somebody else.</summary>
internal static class WayLaws
{
    public static IEnumerable<Law> For(Bench bench) =>
    [
        new("faults.loop", CertificateLevel.Gold, "Pages that lead to themselves end the reading.", token => LoopAsync(bench, token)),
        new("faults.redirect", CertificateLevel.Gold, "A redirect to another host ends the reading, and the secret does not follow it.", token => RedirectAsync(bench, token)),
    ];

    // Every request to an address that was asked before, whatever its query, is answered with that address's first reply, and what leads on in it leads back.
    private static async Task<Finding> LoopAsync(Bench bench, CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        foreach (var example in bench.Examples)
        {
            var first = new Dictionary<string, SampleExchange>(StringComparer.Ordinal);
            var reading = await bench.ReadAsync(
                bench.RequestFor(example) with { Interfere = turn => RepeatAsync(turn, first), Visit = _ => { }, RequestLimit = 500, Limit = TimeSpan.FromSeconds(15) },
                cancellationToken).ConfigureAwait(false);
            if (reading.IsEndless || reading.IsCrash)
            {
                problems.Add($"The example \"{example.Name}\" {reading.Outcome} when a page leads to itself: fail when a cursor or an address to go on with comes a second time.");
            }
        }

        return Finding.Of(problems);
    }

    private static Task<bool> RepeatAsync(SourceTurn turn, Dictionary<string, SampleExchange> first)
    {
        if (turn.Exchange is { } own && turn.Number == 1)
        {
            first[own.Request.Key] = own;
        }

        var key = SampleRequest.KeyOf(turn.Context.Request.Method, turn.Path);
        if (!first.TryGetValue(key, out var exchange))
        {
            if (turn.Exchange is null)
            {
                return Task.FromResult(false);
            }

            exchange = first[key] = turn.Exchange;
        }

        return turn.AnswerAsync(exchange.Reply.Status, LeadingBack(turn.Source.TextOf(exchange), $"{turn.Source.BaseAddress}{turn.Path}{turn.Context.Request.QueryString}", turn));
    }

    private static string LeadingBack(string text, string address, SourceTurn turn)
    {
        try
        {
            var page = JsonNode.Parse(text);
            foreach (var leaf in Leaves.Of(page).Where(leaf =>
                leaf.Value.GetValueKind() == JsonValueKind.String
                && leaf.Value.GetValue<string>().Split('?')[0] == $"{turn.Source.BaseAddress}{turn.Path}"))
            {
                leaf.Replace(address);
            }

            return page?.ToJsonString() ?? text;
        }
        catch (JsonException)
        {
            return text;
        }
    }

    private static async Task<Finding> RedirectAsync(Bench bench, CancellationToken cancellationToken)
    {
        var (problems, secrets) = (new List<string>(), Secrets.Of(bench, "own"));
        foreach (var example in bench.Examples)
        {
            var request = bench.RequestFor(example);
            await using var other = await TapeSource.StartAsync(bench.Tape, bench.Package.Manifest.Http.BaseAddress, request, cancellationToken).ConfigureAwait(false);

            // The same address by another name is another host.
            var elsewhere = new UriBuilder(other.BaseAddress) { Host = "localhost" }.Uri;
            var reading = await bench.ReadAsync(request with { Interfere = turn => SendAwayAsync(turn, elsewhere) }, cancellationToken).ConfigureAwait(false);
            if (other.Requests.Any(seen => secrets.Any(secret => Canary.IsIn($"{seen.Address} {seen.Headers} {seen.Body}", secret))))
            {
                problems.Add($"The example \"{example.Name}\" carries the secret to the host that it is redirected to: send requests through context.Http alone.");
            }
            else if (!other.Requests.IsEmpty || reading.IsSuccess || reading.IsCrash)
            {
                problems.Add($"The example \"{example.Name}\", redirected to another host, {reading.Outcome}: send requests through context.Http alone, and let its failure out.");
            }
        }

        return Finding.Of(problems);
    }

    private static Task<bool> SendAwayAsync(SourceTurn turn, Uri elsewhere)
    {
        turn.Response.StatusCode = StatusCodes.Status302Found;
        turn.Response.Headers.Location = $"{elsewhere}{turn.Path}{turn.Context.Request.QueryString}";
        return Task.FromResult(true);
    }
}
