using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Certification;

/// <summary>Gold: what leaves the connector, and what it keeps.</summary>
internal static class LimitChecks
{
    private const int Rows = 1_000_000;
    private const int RowsPerReading = 20_000;
    private const long MostGrowth = 32L << 20;

    public static readonly IReadOnlyList<Check> All =
    [
        new("secrets", CertificateLevel.Gold, "Credentials go to the source in the declared header and nowhere else.", KeepSecretsAsync),
        new("memory", CertificateLevel.Gold, "A million rows leave nothing behind, and pages are delivered while further ones are read.", StayFlatAsync),
    ];

    private static async Task KeepSecretsAsync(Subject subject, CancellationToken cancellationToken)
    {
        var recorded = Texts(subject.Tape.Credentials).Where(text => text.Length >= 8).ToList();
        foreach (var file in Directory.EnumerateFiles(subject.Package.SamplesFolder, "*.json").Where(file => Path.GetFileName(file) != SampleFiles.IndexFile))
        {
            var content = await File.ReadAllTextAsync(file, cancellationToken).ConfigureAwait(false);
            if (recorded.Any(secret => content.Contains(secret, StringComparison.Ordinal)))
            {
                throw new CheckFailedException($"samples/{Path.GetFileName(file)} holds a text of the credentials. Take it out, and change the real one if it was real.");
            }
        }

        var credentials = subject.CredentialsOf("canary");
        var forms = Texts(credentials).Where(text => text.StartsWith("canary-", StringComparison.Ordinal)).SelectMany(Forms).Distinct().ToList();
        if (forms.Count == 0)
        {
            throw new CheckNotApplicableException("The connector has no credentials.");
        }

        await subject.ForEachAsync(async (example, source) =>
        {
            var reading = await subject.ReadAsync(example, source, cancellationToken, credentials: credentials).ConfigureAwait(false);
            Judge(example, "a line of the log", reading.Lines, forms);
            Judge(example, "a record", reading.Rows, forms);
            Judge(example, "a checkpoint", reading.Batches.Select(batch => $"{batch.Checkpoint}"), forms);
            Judge(example, "the address of a request", source.Requests.Select(request => Uri.UnescapeDataString(request.Address)), forms);

            source.Forget();
            source.Interfere = (context, _) =>
            {
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
                return Task.FromResult(true);
            };
            var refused = await subject.ReadAsync(example, source, cancellationToken, credentials: credentials).ConfigureAwait(false);
            Judge(example, "an error", [refused.Failure?.ToString() ?? "", .. refused.Lines], forms);
        }, cancellationToken).ConfigureAwait(false);
    }

    private static void Judge(SampleExample example, string where, IEnumerable<string> texts, List<string> forms)
    {
        if (texts.Any(text => forms.Exists(form => text.Contains(form, StringComparison.OrdinalIgnoreCase))))
        {
            throw new CheckFailedException($"The example \"{example.Name}\": {where} holds credentials, as they are or encoded. The client sends them by connector.json; the connector has no need to touch them.");
        }
    }

    private static IEnumerable<string> Forms(string secret) =>
    [
        secret,
        Uri.EscapeDataString(secret),
        WebUtility.UrlEncode(secret),
        string.Concat(secret.Reverse()),
        Convert.ToHexString(Encoding.UTF8.GetBytes(secret)),
        Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)).TrimEnd('='),
    ];

    private static IEnumerable<string> Texts(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => [element.GetString()!],
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => Texts(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Texts),
        _ => [],
    };

    private static async Task StayFlatAsync(Subject subject, CancellationToken cancellationToken)
    {
        await subject.ForEachAsync((example, source) => StreamAsync(subject, example, source, cancellationToken), cancellationToken).ConfigureAwait(false);

        await using var wide = await subject.StartSourceAsync(cancellationToken).ConfigureAwait(false);
        var widest = await WidestAsync(subject, wide, cancellationToken).ConfigureAwait(false);
        var (read, before) = (0L, 0L);
        while (read < Rows)
        {
            var rows = await CountAsync(subject, widest.Example, wide, widest.Factor, cancellationToken).ConfigureAwait(false);
            if (rows == 0)
            {
                throw new CheckNotApplicableException($"The pages of the example \"{widest.Example.Name}\" cannot be enlarged: the connector refuses repeated records.");
            }

            read += rows;
            before = before == 0 && read >= Rows / 10 ? GC.GetTotalMemory(forceFullCollection: true) : before;
        }

        var growth = GC.GetTotalMemory(forceFullCollection: true) - before;
        if (growth > MostGrowth)
        {
            throw new CheckFailedException(string.Create(
                CultureInfo.InvariantCulture, $"After {read} rows the process keeps {growth >> 20} MB more than after a tenth of them. Keep no records in static members."));
        }
    }

    /// <summary>A page must be delivered before all pages have been asked for.</summary>
    private static async Task StreamAsync(Subject subject, SampleExample example, SampleSource source, CancellationToken cancellationToken)
    {
        await using var session = subject.Open(example, source, new CollectingReporter());
        var atFirst = 0;
        var batches = 0;
        await foreach (var batch in session.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            batches++;
            atFirst = atFirst == 0 && batch.Count > 0 ? source.Requests.Count : atFirst;
        }

        var paths = source.Requests.Select(request => request.Address.Split('?')[0]).ToList();
        if (paths.Count >= 3 && paths.Distinct().Count() == 1 && atFirst == paths.Count)
        {
            throw new CheckFailedException($"The example \"{example.Name}\": all {paths.Count} pages are read before the first record is delivered, so memory grows with the source. Deliver each page as it comes.");
        }
    }

    private static async Task<(SampleExample Example, int Factor)> WidestAsync(Subject subject, SampleSource source, CancellationToken cancellationToken)
    {
        var widest = (Example: subject.Examples[0], Rows: 0L);
        foreach (var example in subject.Examples)
        {
            var rows = await CountAsync(subject, example, source, 1, cancellationToken).ConfigureAwait(false);
            widest = rows > widest.Rows ? (example, rows) : widest;
        }

        return (widest.Example, (int)(RowsPerReading / Math.Max(1, widest.Rows)) + 1);
    }

    private static async Task<long> CountAsync(Subject subject, SampleExample example, SampleSource source, int factor, CancellationToken cancellationToken)
    {
        source.Forget();
        source.Alter = body => Enlarged(body, factor);
        await using var session = subject.Open(example, source, new CollectingReporter());
        var rows = 0L;
        try
        {
            await foreach (var batch in session.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                rows += batch.Count;
            }
        }
        catch (ConnectorException) when (factor > 1)
        {
            return 0;
        }

        return rows;
    }

    // The longest list of a reply is its records.
    private static string Enlarged(string body, int factor)
    {
        if (factor == 1)
        {
            return body;
        }

        try
        {
            var root = JsonNode.Parse(body);
            if (Arrays(root).MaxBy(array => array.Count) is { Count: > 0 } records)
            {
                var copies = records.Select(record => record?.ToJsonString() ?? "null").ToList();
                for (var copy = 1; copy < factor; copy++)
                {
                    copies.ForEach(record => records.Add(JsonNode.Parse(record)));
                }
            }

            return root!.ToJsonString();
        }
        catch (JsonException)
        {
            return body;
        }
    }

    private static IEnumerable<JsonArray> Arrays(JsonNode? node) => node switch
    {
        JsonArray array => array.SelectMany(Arrays).Prepend(array),
        JsonObject members => members.SelectMany(member => Arrays(member.Value)),
        _ => [],
    };
}
