using System.Text.Json;
using System.Text.RegularExpressions;

namespace ConnectorPlatform.Host.Certification;

/// <summary>Secrets stay where they belong: in the request that authenticates itself.</summary>
internal static partial class Secrets
{
    public static IEnumerable<Law> For(Bench bench) =>
    [
        new("secrets.outputs", CertificateLevel.Gold, "No secret is in records, checkpoints, log lines, messages or addresses.", token => OutputsAsync(bench, token)),
        new("secrets.samples", CertificateLevel.Gold, "The samples hold no secret.", _ => Task.FromResult(Samples(bench))),
    ];

    /// <summary>The secrets that <see cref="Bench.Canaries"/> has put into the account's credentials.</summary>
    public static IReadOnlyList<string> Of(Bench bench, string account) =>
    [
        .. bench.Canaries(account).EnumerateObject()
            .Where(member => member.Value.ValueKind == JsonValueKind.String && member.Value.GetString() == Canary.For(member.Name, account))
            .Select(member => member.Value.GetString()!),
    ];

    private static async Task<Finding> OutputsAsync(Bench bench, CancellationToken cancellationToken)
    {
        var secrets = Of(bench, "own");
        var problems = new List<string>();
        foreach (var example in bench.Examples)
        {
            var plain = await bench.PlainAsync(example, cancellationToken).ConfigureAwait(false);
            var refused = await bench.ReadAsync(
                bench.RequestFor(example) with { Interfere = turn => turn.AnswerAsync(400, """{"message":"Refused"}""") }, cancellationToken).ConfigureAwait(false);
            problems.AddRange(new[] { plain, refused }.SelectMany(reading => Leaks(reading, secrets)).Select(place =>
                $"The example \"{example.Name}\" tells a secret in {place}: never write credentials anywhere; connector.json declares how requests are authenticated."));
        }

        return secrets.Count == 0 ? Finding.NotApplicable("The credentials form has no secret field.") : Finding.Of(problems);
    }

    private static IEnumerable<string> Leaks(Reading reading, IReadOnlyList<string> secrets)
    {
        (string Place, IEnumerable<string> Texts)[] places =
        [
            ("a record", reading.Batches.SelectMany(batch => batch.Rows).SelectMany(row => row.OfType<string>())),
            ("a checkpoint", reading.Batches.Select(batch => batch.Checkpoint?.ToString() ?? "")),
            ("a log line", reading.Lines),
            ("an error", [reading.Failure?.Message ?? "", reading.Particulars]),
            ("a request's address", reading.Requests.Select(request => request.Address)),
        ];
        return places.Where(place => place.Texts.Any(text => Canary.WasIn(text) || secrets.Any(secret => Canary.IsIn(text, secret)))).Select(place => place.Place);
    }

    private static Finding Samples(Bench bench)
    {
        var exchanges = bench.Exchanges;
        var own = bench.Tape.Credentials.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.String).Select(member => member.Value.GetString()!).Where(text => text.Length > 0).ToList();
        return Finding.Of(exchanges.Where(exchange => IsTold(JsonSerializer.Serialize(exchange), own)).Select(exchange =>
            $"{exchange.Place} seems to hold a secret: put a harmless text in its place."));
    }

    private static bool IsTold(string text, List<string> own) =>
        SecretMember().IsMatch(text) || own.Any(secret => text.Contains(secret, StringComparison.Ordinal));

    [GeneratedRegex("""(?i)"(authorization|x-api-key|api_?key|access_token|refresh_token|client_secret|password|set-cookie)"\s*:\s*"[^"]{4,}"|\bBearer [A-Za-z0-9._~+/-]{8,}|-----BEGIN [A-Z ]*PRIVATE KEY""")]
    private static partial Regex SecretMember();
}
