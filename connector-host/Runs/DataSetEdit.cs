using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.DataSets.Storage;

namespace ConnectorPlatform.Host.Runs;

/// <summary>Changes how a DataSet is updated, and tells first what that means for the rows that are there.</summary>
internal sealed class DataSetEdit(DataSetConfigurationStore dataSets, DataSetFiles files, TimeProvider time)
{
    /// <summary>What the next run will do with the rows that are there, in sentences.</summary>
    /// <exception cref="PlatformException">A chosen column is none of the DataSet's, or has no days.</exception>
    public async Task<IReadOnlyList<string>> PreviewAsync(DataSetConfiguration changed, CancellationToken cancellationToken)
    {
        using var lease = await files.OpenAsync(changed.Id, cancellationToken).ConfigureAwait(false);
        var reader = lease.Reader;
        var columns = reader.Columns();
        try
        {
            return columns.Count == 0 ? ["The DataSet has no rows yet; its first run brings them."] : Sentences(changed, reader);
        }
        catch (ConnectorException exception)
        {
            throw new PlatformException(PlatformFault.Input, exception.Message, exception);
        }
    }

    public void Save(DataSetConfiguration changed) => dataSets.Update(changed with { UpdatedAt = time.GetUtcNow() });

    private static IReadOnlyList<string> Sentences(DataSetConfiguration changed, DataSetReader reader)
    {
        var rows = reader.Count();
        return changed.UpdateMethod switch
        {
            UpdateMethod.Replace => [$"The next run reads everything, and its records take the place of all {rows} rows."],
            UpdateMethod.Append => [$"The {rows} rows stay, and each run adds its records.", Continuation(reader)],
            UpdateMethod.Upsert => [.. KeySentences(changed.Rules, reader, rows), Continuation(reader)],
            _ => PartitionSentences(changed.Rules, reader, rows),
        };
    }

    private static string Continuation(DataSetReader reader) => reader.State() is { } state
        ? $"Runs continue from the checkpoint {state.GetRawText()}: what the source changed before it is not read again."
        : "No checkpoint is stored: the next run reads everything, also what is there already.";

    private static IEnumerable<string> KeySentences(DataSetRules rules, DataSetReader reader, long rows)
    {
        var (names, without, repeated) = reader.CountKeys(rules);
        yield return $"A record takes the place of the row with the same {string.Join(", ", names)}; the other of the {rows} rows stay.";
        if (without > 0)
        {
            yield return $"{without} rows have no value in the key: no record ever takes their place.";
        }

        if (repeated > 0)
        {
            yield return $"{repeated} keys are there in several rows: the first record of such a key takes the place of all of them.";
        }
    }

    private static IReadOnlyList<string> PartitionSentences(DataSetRules rules, DataSetReader reader, long rows) =>
    [
        $"The {rows} rows are {reader.CountPartitions(rules)} partitions by {rules.Partition}. Those that a run reads are replaced whole, the others stay.",
        "A partition that a run reads in part loses the other rows: let the details ask for whole ones.",
    ];
}
