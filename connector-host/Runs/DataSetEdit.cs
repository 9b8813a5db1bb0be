using System.Globalization;
using ConnectorPlatform.Host.Audit;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.DataSets.Storage;
using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.Runs;

/// <summary>Changes a DataSet's configuration, and tells first what that means for the rows that are there.</summary>
internal sealed class DataSetEdit(
    MetadataDatabase database, DataSetConfigurationStore dataSets, DataSetChangeStore changes, DataSetDifferences differences, DataSetFiles files, TimeProvider time)
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

    /// <summary>Stores a changed configuration as the version after its own, and what was changed in the history.</summary>
    /// <param name="changed">With the version that the editor has seen, and with details from <see cref="DataSetSetup.WithDetails"/>.</param>
    /// <param name="origin">By which way.</param>
    /// <returns>What is stored.</returns>
    /// <exception cref="PlatformException">Somebody has changed or deleted it meanwhile, or the name is taken or none.</exception>
    public DataSetConfiguration Save(DataSetConfiguration changed, ChangeOrigin origin) => database.Together(() =>
    {
        var before = dataSets.Get(changed.Id);
        if (before.Version != changed.Version)
        {
            throw new PlatformException(PlatformFault.Conflict, ConflictMessage(before));
        }

        var fields = differences.Between(before, changed);
        if (fields.Count == 0)
        {
            return before;
        }

        DataSetSetup.CheckName(changed.Name);
        if (!string.Equals(changed.Name, before.Name, StringComparison.OrdinalIgnoreCase) && dataSets.IsTaken(changed.Name))
        {
            throw new PlatformException(PlatformFault.Input, $"There is a DataSet \"{changed.Name}\" already; choose another name.");
        }

        var now = time.GetUtcNow();
        dataSets.TryUpdate(changed with { UpdatedAt = now });
        changes.Add(new DataSetChange(changed.Id, now, CurrentActor.Value.KnownName, origin, fields));
        return dataSets.Get(changed.Id);
    });

    private string ConflictMessage(DataSetConfiguration stored)
    {
        var last = changes.Of(stored.Id, 1) is [var change] ? $" ({string.Join(", ", change.Fields.Select(field => field.Field).Distinct())})" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"The DataSet \"{stored.Name}\" was changed at {stored.UpdatedAt:yyyy-MM-dd HH:mm:ss} UTC{last}, after you had opened it. Nothing was saved: load it again, look at the change, and repeat yours.");
    }

    private static IReadOnlyList<string> Sentences(DataSetConfiguration changed, DataSetReader reader)
    {
        var rows = reader.Count();
        return changed.UpdateMethod switch
        {
            UpdateMethod.Replace => [$"The next run reads everything, and its records take the place of {(rows == 1 ? "its only row" : $"all {rows} rows")}."],
            UpdateMethod.Append => [$"{Counted.Of(rows, "row")} {(rows == 1 ? "stays" : "stay")}, and each run adds its records.", Continuation(reader)],
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
        yield return $"A record takes the place of the row with the same {string.Join(", ", names)}; the other rows stay (now {Counted.Of(rows, "row")}).";
        if (without > 0)
        {
            yield return $"{Counted.Of(without, "row")} {(without == 1 ? "has" : "have")} no value in the key: no record ever takes their place.";
        }

        if (repeated > 0)
        {
            yield return $"{repeated} keys are there in several rows: the first record of such a key takes the place of all of them.";
        }
    }

    private static IReadOnlyList<string> PartitionSentences(DataSetRules rules, DataSetReader reader, long rows) =>
    [
        $"{Counted.Of(rows, "row")} {(rows == 1 ? "is" : "are")} {Counted.Of(reader.CountPartitions(rules), "partition")} by {rules.Partition}. Those that a run reads are replaced whole, the others stay.",
        "A partition that a run reads in part loses the other rows: let the details ask for whole ones.",
    ];
}
