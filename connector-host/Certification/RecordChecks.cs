using System.Globalization;
using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Certification;

/// <summary>Silver: what a connector delivers.</summary>
internal static class RecordChecks
{
    private const int MostResumed = 10;

    public static readonly IReadOnlyList<Check> All =
    [
        new("samples-run", CertificateLevel.Silver, "Every example of the samples reads to its end and delivers rows.", RunSamplesAsync),
        new("columns-stable", CertificateLevel.Silver, "A column keeps its name and type from the first batch to the last.", KeepColumnsAsync),
        new("keys", CertificateLevel.Silver, "Key columns are never null and no two rows of a reading share a key.", KeepKeysAsync),
        new("values-exact", CertificateLevel.Silver, "Values arrive as the source sent them: large integers, long decimals, letters of every script, empty apart from null, days around a change of clocks.", ValueChecks.JudgeAsync),
        new("resume", CertificateLevel.Silver, "A reading that continues from any checkpoint delivers exactly the rows after it.", ResumeAsync),
    ];

    private static Task RunSamplesAsync(Subject subject, CancellationToken cancellationToken) => subject.ForEachAsync(async (example, source) =>
    {
        var reading = await subject.ReadCalmAsync(example, source, cancellationToken).ConfigureAwait(false);
        if (reading.Rows.Count == 0)
        {
            throw new CheckFailedException($"The example \"{example.Name}\" delivers no rows. Record one that has some.");
        }
    }, cancellationToken);

    private static Task KeepColumnsAsync(Subject subject, CancellationToken cancellationToken) => subject.ForEachAsync(async (example, source) =>
    {
        var reading = await subject.ReadCalmAsync(example, source, cancellationToken).ConfigureAwait(false);
        var first = reading.Batches.Count > 0 ? Describe(reading.Batches[0]) : [];
        foreach (var (index, batch) in reading.Batches.Index())
        {
            var now = Describe(batch);
            if (!first.SequenceEqual(now))
            {
                throw new CheckFailedException(
                    $"The example \"{example.Name}\": batch {index + 1} has the columns {string.Join(", ", now)}; the first has {string.Join(", ", first)}. Deliver the same columns in every batch.");
            }
        }
    }, cancellationToken);

    private static List<string> Describe(ReadBatch batch) => [.. batch.Columns.Select(column => $"{column.Name}:{column.Type}{(column.IsKey ? " key" : "")}")];

    private static async Task KeepKeysAsync(Subject subject, CancellationToken cancellationToken)
    {
        var hasKeys = false;
        await subject.ForEachAsync(async (example, source) =>
        {
            var reading = await subject.ReadCalmAsync(example, source, cancellationToken).ConfigureAwait(false);
            var seen = new HashSet<string>();
            foreach (var batch in reading.Batches)
            {
                var keys = batch.Columns.Index().Where(entry => entry.Item.IsKey).Select(entry => entry.Index).ToArray();
                hasKeys |= keys.Length > 0;
                foreach (var row in keys.Length == 0 ? [] : batch.Rows)
                {
                    JudgeKey(example, seen, [.. keys.Select(key => (batch.Columns[key].Name, row[key]))]);
                }
            }
        }, cancellationToken).ConfigureAwait(false);
        if (!hasKeys)
        {
            throw new CheckNotApplicableException("No column is a key.");
        }
    }

    private static void JudgeKey(SampleExample example, HashSet<string> seen, (string Name, string? Value)[] key)
    {
        if (key.FirstOrDefault(part => part.Value is null).Name is { } missing)
        {
            throw new CheckFailedException($"The example \"{example.Name}\": the key column {missing} is null in a row. A key names a row; mark another column, or leave such rows out and warn.");
        }

        if (!seen.Add(string.Join('\n', key.Select(part => part.Value))))
        {
            throw new CheckFailedException(
                $"The example \"{example.Name}\": two rows have the key {string.Join(", ", key.Select(part => $"{part.Name}={part.Value}"))}. Add the columns that tell them apart to the key.");
        }
    }

    private static async Task ResumeAsync(Subject subject, CancellationToken cancellationToken)
    {
        var checkpoints = 0;
        await subject.ForEachAsync(async (example, source) =>
        {
            var whole = await subject.ReadCalmAsync(example, source, cancellationToken).ConfigureAwait(false);
            var marked = whole.Batches.Index().Where(entry => entry.Item.Checkpoint is not null).ToList();
            checkpoints += marked.Count;
            foreach (var (index, batch) in marked.Take(MostResumed).Concat(marked.Skip(MostResumed).TakeLast(1)))
            {
                source.Forget();
                var rest = await subject.ReadAsync(example, source, cancellationToken, state: batch.Checkpoint).ConfigureAwait(false);
                var expected = whole.RowsFrom(index + 1).ToList();
                if (!Continues(rest, expected))
                {
                    throw new CheckFailedException(string.Create(
                        CultureInfo.InvariantCulture,
                        $"The example \"{example.Name}\": a reading that continues from the checkpoint {batch.Checkpoint} of batch {index + 1} delivers {rest.Rows.Count} rows where {expected.Count} remain, or others{(rest.Failure is null ? "" : $" ({rest.Failure.Message})")}. A checkpoint says that its batch and all before are stored: begin right after it."));
                }
            }
        }, cancellationToken).ConfigureAwait(false);
        if (checkpoints == 0)
        {
            throw new CheckNotApplicableException("No batch carries a checkpoint, so every run reads from the beginning.");
        }
    }

    // Where nothing remains, the samples may have no reply to the question for more.
    private static bool Continues(Reading rest, List<string> expected) =>
        rest.Rows.SequenceEqual(expected) && (rest.Failure is null || (expected.Count == 0 && FailureTable.Of(rest.Failure, SecretMask.None).Kind == FailureKind.Details));
}
