using System.Text.Json;
using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Certification;

/// <summary>What records are like, whatever they tell of.</summary>
internal static class RecordLaws
{
    private const string Astral = "𝔘𝕟𝕚 👩‍👩‍👧 東京 𠮷 e\u0301";

    /// <summary>Before, in and after the hours that summer time leaves out and repeats, in the zone in which the worker runs and in another.</summary>
    private static readonly string[] Instants = ["2026-03-08T07:30:00Z", "2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z", "2026-03-29T01:30:00+00:00", "2026-10-25T02:30:00+01:00"];

    public static IEnumerable<Law> For(Bench bench)
    {
        var links = new Links(bench);
        return
        [
            new("records.columns", CertificateLevel.Silver, "The columns of a report are the same in all its batches and examples.", token => ColumnsAsync(bench, token)),
            new("records.keys", CertificateLevel.Silver, "A key is never empty and never comes twice.", token => KeysAsync(bench, token)),
            Mutation(links, "records.unicode", "Text arrives as it is, beyond the basic plane as well.", ColumnType.String, [JsonSerializer.Serialize(Astral), JsonSerializer.Serialize(string.Concat(Enumerable.Repeat("𝄞", 400)))]),
            Mutation(links, "records.empty", "Empty text and null are told apart.", ColumnType.String, ["\"\"", "null"]),
            Mutation(links, "records.instants", "Instants are right on the days on which summer time begins and ends.", ColumnType.DateTime, [.. Instants.Select(instant => $"\"{instant}\"")]),
        ];
    }

    private static async Task<Finding> ColumnsAsync(Bench bench, CancellationToken cancellationToken)
    {
        var (problems, known) = (new List<string>(), new Dictionary<string, string>());
        foreach (var example in bench.Examples)
        {
            var report = example.Details.TryGetProperty("report", out var name) ? name.ToString() : "";
            foreach (var (index, batch) in (await bench.PlainAsync(example, cancellationToken).ConfigureAwait(false)).Batches.Index())
            {
                var columns = string.Join(", ", batch.Columns.Select(column => $"{column.Name} {column.Type}{(column.IsKey ? " key" : "")}"));
                if (known.TryAdd(report, columns) is false && known[report] != columns)
                {
                    problems.Add($"Batch {index + 1} of \"{example.Name}\" has the columns {columns}, where those before had {known[report]}: deliver the same columns always, with nulls.");
                }
            }
        }

        return Finding.Of(problems);
    }

    private static async Task<Finding> KeysAsync(Bench bench, CancellationToken cancellationToken)
    {
        var (problems, asked) = (new List<string>(), false);
        foreach (var example in bench.Examples)
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var batch in (await bench.PlainAsync(example, cancellationToken).ConfigureAwait(false)).Batches)
            {
                var keys = batch.Columns.Index().Where(column => column.Item.IsKey).Select(column => column.Index).ToList();
                asked |= keys.Count > 0;
                foreach (var key in keys.Count == 0 ? [] : batch.Rows.Select(row => keys.Select(ordinal => row[ordinal]).ToList()))
                {
                    if (key.Contains(null))
                    {
                        problems.Add($"A record of \"{example.Name}\" has a null in its key {JsonSerializer.Serialize(key)}: choose columns that every record has, or deliver an empty text for what the source does not know.");
                    }
                    else if (!seen.Add(JsonSerializer.Serialize(key)))
                    {
                        problems.Add($"The key {JsonSerializer.Serialize(key)} of \"{example.Name}\" comes twice: deliver each record once, or add a column to the key.");
                    }
                }
            }
        }

        return asked ? Finding.Of(problems) : Finding.NotApplicable("No report has a key.");
    }

    private static Law Mutation(Links links, string id, string what, ColumnType type, IReadOnlyList<string> values) =>
        new(id, CertificateLevel.Silver, what, async token =>
        {
            var (problems, asked) = (new List<string>(), 0);
            var bench = links.Bench;
            foreach (var example in bench.Examples)
            {
                var plain = await bench.PlainAsync(example, token).ConfigureAwait(false);
                foreach (var link in (await links.OfAsync(example, token).ConfigureAwait(false)).Where(link => link.Column.Type == type))
                {
                    foreach (var value in values.Where(value => !link.Column.IsKey || value is not ("null" or "\"\"")))
                    {
                        var reading = await bench.ReadAsync(bench.RequestFor(example) with { Alter = link.With(value) }, token).ConfigureAwait(false);
                        asked++;
                        if (link.Objection(reading, plain, value) is { } objection)
                        {
                            problems.Add($"The column {link.Column.Name} of \"{example.Name}\": {objection}");
                        }
                    }
                }
            }

            return asked == 0 ? Finding.NotApplicable($"No value of type {type} goes from the samples' replies to a record unchanged, so none could be followed.") : Finding.Of(problems);
        });

    /// <summary>Finds the values that can be followed once for all laws.</summary>
    private sealed class Links(Bench bench)
    {
        private readonly Dictionary<string, IReadOnlyList<Linked>> _found = new(StringComparer.Ordinal);

        public Bench Bench => bench;

        public async Task<IReadOnlyList<Linked>> OfAsync(SampleExample example, CancellationToken cancellationToken) =>
            _found.TryGetValue(example.Name, out var known) ? known
                : _found[example.Name] = await Linked.FindAsync(bench, example, cancellationToken).ConfigureAwait(false);
    }
}
