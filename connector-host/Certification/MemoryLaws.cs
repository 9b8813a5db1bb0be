using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Web;
using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Certification;

/// <summary>A reading of a million rows needs no more memory than one of a few thousand.</summary>
internal static class MemoryLaws
{
    private const int Rows = 1_000_000;
    private const int RowsOfPage = 5_000;

    /// <summary>What a collector that has not run yet may leave lying about.</summary>
    private const int AllowedMegabytes = 128;

    public static IEnumerable<Law> For(Bench bench) =>
        [new("memory.flat", CertificateLevel.Gold, "A reading of 1,000,000 rows stays flat in memory.", token => FlatAsync(bench, token))];

    private static async Task<Finding> FlatAsync(Bench bench, CancellationToken cancellationToken)
    {
        foreach (var example in bench.Examples)
        {
            if (await EndlessPages.FindAsync(bench, example, RowsOfPage, cancellationToken).ConfigureAwait(false) is { } pages)
            {
                return await ReadAsync(bench, example, pages, cancellationToken).ConfigureAwait(false);
            }
        }

        return Finding.NotApplicable("No example reads two pages of which the second is asked for by a number that the first one ends with, so the samples cannot be made longer.");
    }

    private static async Task<Finding> ReadAsync(Bench bench, SampleExample example, EndlessPages pages, CancellationToken cancellationToken)
    {
        var (rows, early, most, memory) = (0L, 0L, 0L, (Func<long>)(() => 0L));
        var request = bench.RequestFor(example) with
        {
            Interfere = turn => pages.AnswerAsync(turn, Volatile.Read(ref rows) >= Rows),
            Limit = TimeSpan.FromSeconds(90),
            RequestLimit = 10 * Rows / RowsOfPage,
            Visit = batch =>
            {
                var before = rows / (Rows / 10);
                rows += batch.Rows.Count;
                if (rows / (Rows / 10) > before)
                {
                    (early, most) = rows <= Rows / 5 ? (Math.Max(early, memory()), most) : (early, Math.Max(most, memory()));
                }
            },
        };
        var reading = await bench.ReadAsync(request, measure => memory = measure, cancellationToken).ConfigureAwait(false);
        return reading switch
        {
            _ when most - early > AllowedMegabytes => Finding.Failed(string.Create(CultureInfo.InvariantCulture,
                $"The worker grew from {early} MB at a fifth of the rows to {most} MB: yield each page and keep none.")),
            { Failure: not null } or { IsEndless: true } => Finding.Failed(string.Create(CultureInfo.InvariantCulture, $"After {rows} rows the reading {reading.Outcome}: keep no pages.")),
            _ => Finding.Passed,
        };
    }
}

/// <summary>A recorded page made into as many as are asked for: its records again and again, their numbers counted on.</summary>
internal sealed class EndlessPages(SampleExchange last, string[] pieces, int perPage)
{
    private readonly string _key = last.Request.Key;
    private readonly Lock _lock = new();
    private long _next = 1;

    public static async Task<EndlessPages?> FindAsync(Bench bench, SampleExample example, int rowsOfPage, CancellationToken cancellationToken)
    {
        var plain = await bench.PlainAsync(example, cancellationToken).ConfigureAwait(false);
        var exchanges = bench.Exchanges;
        foreach (var (first, second) in plain.Requests.Zip(plain.Requests.Skip(1)).Where(pair => pair.First.Address.Split('?')[0] == pair.Second.Address.Split('?')[0]))
        {
            var cursors = Cursors(second).Except(Cursors(first)).ToHashSet(StringComparer.Ordinal);
            foreach (var exchange in exchanges.Where(exchange => first.Address.Split('?')[0].EndsWith(exchange.Request.Path, StringComparison.Ordinal)))
            {
                if (Build(exchange, cursors, rowsOfPage) is { } pages)
                {
                    return new EndlessPages(exchanges.Last(other => other.Request.Key == exchange.Request.Key), pages, rowsOfPage);
                }
            }
        }

        return null;
    }

    /// <summary>Answers the requests of the pages' address; after the last, as the samples' last page, which has no other after it.</summary>
    public Task<bool> AnswerAsync(SourceTurn turn, bool isLast)
    {
        if (SampleRequest.KeyOf(turn.Context.Request.Method, turn.Path) != _key)
        {
            return Task.FromResult(false);
        }

        if (isLast)
        {
            return turn.AnswerAsync(200, turn.Source.TextOf(last));
        }

        var page = new StringBuilder(pieces[0]);
        lock (_lock)
        {
            for (var row = 0; row < perPage; row++)
            {
                page.Append(row == 0 ? "" : ",").Append(pieces[1]).Append(_next++).Append(pieces[2]);
            }
        }

        return turn.AnswerAsync(200, page.Append(pieces[3]).ToString());
    }

    private static IEnumerable<string> Cursors(SeenRequest request)
    {
        var query = HttpUtility.ParseQueryString(request.Address.Split('?', 2) is [_, var text] ? text : "");
        return query.AllKeys.Select(key => query[key]!);
    }

    /// <summary>The text before the records, a record before and after its number, and the text after the records; null when the page has no such cursor.</summary>
    private static string[]? Build(SampleExchange exchange, HashSet<string> cursors, int rowsOfPage)
    {
        const string Mark = "\"~number~\"";
        var page = exchange.Reply.Body is { } body ? JsonNode.Parse(body.GetRawText()) : null;
        var cursor = Leaves.Of(page).LastOrDefault(leaf => leaf.Pattern.Count(letter => letter == '*') == 1 && cursors.Contains(leaf.Value.ToString()) && long.TryParse(leaf.Value.ToString(), out _));
        if (cursor?.Value.Parent is not JsonObject { Parent: JsonArray items } record || rowsOfPage < 1)
        {
            return null;
        }

        cursor.Replace(JsonNode.Parse(Mark));
        var written = record.ToJsonString().Split(Mark);
        items.Clear();
        items.Add(JsonNode.Parse(Mark));
        var around = page!.ToJsonString().Split(Mark);
        return written.Length == 2 && around.Length == 2 ? [around[0], written[0], written[1], around[1]] : null;
    }
}
