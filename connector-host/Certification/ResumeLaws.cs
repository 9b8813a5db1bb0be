using System.Text.Json;

namespace ConnectorPlatform.Host.Certification;

/// <summary>A checkpoint is worth as much as the rows before it.</summary>
internal static class ResumeLaws
{
    public static IEnumerable<Law> For(Bench bench) =>
    [
        new("resume.rest", CertificateLevel.Silver, "A reading continued from any checkpoint delivers exactly the rest.", token => RestAsync(bench, token)),
        new("resume.checkpoint", CertificateLevel.Silver, "A checkpoint means the same after it was stored as JSON.", token => CheckpointAsync(bench, token)),
    ];

    private static async Task<Finding> RestAsync(Bench bench, CancellationToken cancellationToken)
    {
        var (problems, asked) = (new List<string>(), 0);
        foreach (var example in bench.Examples)
        {
            var whole = await bench.PlainAsync(example, cancellationToken).ConfigureAwait(false);
            foreach (var (index, batch) in whole.Batches.Index().Where(entry => entry.Item.Checkpoint is not null))
            {
                var rest = await bench.ReadAsync(bench.RequestFor(example) with { State = batch.Checkpoint }, cancellationToken).ConfigureAwait(false);
                var expected = whole.Batches.Skip(index + 1).SelectMany(Reading.RowsOf).ToList();

                // After the last rows the source would say that there are no more; the samples need not have recorded that.
                if (rest.Unanswered > 0 && expected.Count == 0 && rest.Count == 0)
                {
                    continue;
                }

                asked++;
                if (!rest.Rows.SequenceEqual(expected, StringComparer.Ordinal) || !rest.IsSuccess)
                {
                    problems.Add($"The example \"{example.Name}\", continued from the checkpoint of batch {index + 1}, {rest.Outcome} where {expected.Count} rows were left: a checkpoint says what was delivered, no more and no less.");
                }
            }
        }

        return asked == 0 && problems.Count == 0 ? Finding.NotApplicable("No example delivers a checkpoint with rows after it.") : Finding.Of(problems);
    }

    private static async Task<Finding> CheckpointAsync(Bench bench, CancellationToken cancellationToken)
    {
        var (problems, asked) = (new List<string>(), 0);
        foreach (var example in bench.Examples)
        {
            var whole = await bench.PlainAsync(example, cancellationToken).ConfigureAwait(false);
            var first = whole.Batches.FirstOrDefault(batch => batch.Checkpoint is not null)?.Checkpoint;
            if (first is not { } checkpoint)
            {
                continue;
            }

            asked++;
            var request = bench.RequestFor(example);
            var direct = await bench.ReadAsync(request with { State = checkpoint }, cancellationToken).ConfigureAwait(false);
            var stored = await bench.ReadAsync(request with { State = Rewritten(checkpoint) }, cancellationToken).ConfigureAwait(false);
            if (!direct.IsSameAs(stored) || stored.IsCrash)
            {
                problems.Add($"The checkpoint of \"{example.Name}\", its members in another order and with spaces, leads to a reading that {stored.Outcome}: read the state by its members' names.");
            }
        }

        return asked == 0 ? Finding.NotApplicable("No example delivers a checkpoint.") : Finding.Of(problems);
    }

    private static JsonElement Rewritten(JsonElement checkpoint) => checkpoint.ValueKind == JsonValueKind.Object
        ? JsonElement.Parse($"{{ {string.Join(" , ", checkpoint.EnumerateObject().Reverse().Select(member => $"{JsonSerializer.Serialize(member.Name)} : {member.Value.GetRawText()}"))} }}")
        : JsonElement.Parse($" {checkpoint.GetRawText()} ");
}
