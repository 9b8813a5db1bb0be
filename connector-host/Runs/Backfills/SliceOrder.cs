using System.Text.Json;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Runs.Backfills;

/// <summary>What makes a run one of a backfill's slices.</summary>
/// <param name="RunId">The run's id, stored with the slice before the run begins, so that the ledger can be asked for it whatever happens.</param>
/// <param name="Details">The details that ask for the slice's days.</param>
/// <param name="DetailsVersion">The version of the form for which they were made.</param>
/// <param name="Limit">Puts the backfill's own budget before the account's gate.</param>
internal sealed record SliceOrder(string RunId, JsonElement Details, int DetailsVersion, Func<IRequestGate, IRequestGate> Limit)
{
    /// <summary>The DataSet as the slice reads it.</summary>
    /// <exception cref="PlatformException">A slice would take the place of all rows.</exception>
    public DataSetConfiguration ApplyTo(DataSetConfiguration dataSet)
    {
        CheckMethod(dataSet);
        return dataSet with { Details = Details, DetailsVersion = DetailsVersion };
    }

    /// <exception cref="PlatformException">A slice would take the place of all rows.</exception>
    public static void CheckMethod(DataSetConfiguration dataSet)
    {
        if (dataSet.UpdateMethod == UpdateMethod.Replace)
        {
            throw new PlatformException(
                PlatformFault.Input,
                $"The DataSet \"{dataSet.Name}\" has the update method Replace: each slice would take the place of all rows. "
                + "Choose Append, Upsert or Partition with \"dataset edit\" first, and keep in mind that live runs then change rows that way, too.");
        }
    }
}
