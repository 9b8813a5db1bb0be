namespace ConnectorPlatform.Host.Certification;

/// <summary>What every connector owes the host, whatever its source.</summary>
internal static class ContractLaws
{
    private static readonly TimeSpan EndWithin = TimeSpan.FromSeconds(2);

    public static IEnumerable<Law> For(Bench bench) =>
    [
        new("contract.constructor", CertificateLevel.Bronze, "The constructor does no input or output.", token => ConstructorWatch.AskAsync(bench.Package, token)),
        new("contract.reads", CertificateLevel.Bronze, "Every example of the samples is read to its end, with rows.", token => ReadsAsync(bench, token)),
        new("contract.cancellation", CertificateLevel.Bronze, "A reading ends within two seconds of its cancellation.", token => CancellationAsync(bench, token)),
        new("contract.accounts", CertificateLevel.Bronze, "Two accounts in one process share nothing.", token => AccountsAsync(bench, token)),
    ];

    private static async Task<Finding> ReadsAsync(Bench bench, CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        foreach (var example in bench.Examples)
        {
            var reading = await bench.PlainAsync(example, cancellationToken).ConfigureAwait(false);
            if (!reading.IsSuccess || reading.Count == 0)
            {
                problems.Add($"The example \"{example.Name}\" {reading.Outcome}: record the replies that it needs in samples/, or correct the connector.");
            }
        }

        return bench.Examples.Count == 0 ? Finding.Failed("samples/samples.json has no examples: name at least one under \"details\".") : Finding.Of(problems);
    }

    // The reply to one request never comes: the first and the last that the reading makes.
    private static async Task<Finding> CancellationAsync(Bench bench, CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        foreach (var example in bench.Examples.Take(3))
        {
            var requests = (await bench.PlainAsync(example, cancellationToken).ConfigureAwait(false)).Requests.Count;
            foreach (var at in new[] { 1, requests }.Distinct().Where(at => at > 0))
            {
                using var cancel = new CancellationTokenSource();
                var reading = await bench.ReadAsync(
                    bench.RequestFor(example) with { Cancel = cancel.Token, Interfere = turn => HoldAsync(turn, at, cancel) }, cancellationToken).ConfigureAwait(false);
                if (cancel.IsCancellationRequested && reading.EndedWithin > EndWithin)
                {
                    problems.Add($"The example \"{example.Name}\", cancelled while it waits for reply {at}, does not end: hand ReadAsync's cancellationToken to every call.");
                    break;
                }
            }
        }

        return Finding.Of(problems);
    }

    private static async Task<bool> HoldAsync(SourceTurn turn, int at, CancellationTokenSource cancel)
    {
        if (turn.Number != at)
        {
            return false;
        }

        await cancel.CancelAsync().ConfigureAwait(false);
        await Task.Delay(Timeout.Infinite, turn.Aborted).ContinueWith(_ => { }, TaskScheduler.Default).ConfigureAwait(false);
        return true;
    }

    private static async Task<Finding> AccountsAsync(Bench bench, CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        foreach (var (index, example) in bench.Examples.Take(3).Index())
        {
            var alone = await bench.PlainAsync(example, cancellationToken).ConfigureAwait(false);
            using var process = bench.Anew();
            var first = bench.Examples[(index + 1) % bench.Examples.Count];
            await process.ReadAsync(bench.RequestFor(first) with { Credentials = bench.Canaries("first") }, cancellationToken).ConfigureAwait(false);
            var second = await process.ReadAsync(bench.RequestFor(example) with { Credentials = bench.Canaries("second") }, cancellationToken).ConfigureAwait(false);
            var secrets = Secrets.Of(bench, "first");
            if (second.Requests.Any(request => secrets.Any(secret => Canary.IsIn($"{request.Address} {request.Headers} {request.Body}", secret))))
            {
                problems.Add("A request of the second account carries the first one's secret: keep nothing in static fields.");
            }
            else if (!second.IsSameAs(alone))
            {
                problems.Add($"The example \"{example.Name}\" {second.Outcome} after another account's reading, but {alone.Outcome} alone: keep nothing in static fields.");
            }
        }

        return Finding.Of(problems);
    }
}
