using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.Runs;

/// <summary>Gives several DataSets another account at once: all of them, or none.</summary>
internal sealed class AccountReplacement(AccountStore accounts, DataSetConfigurationStore dataSets, DataSetEdit edit, MetadataDatabase database)
{
    /// <param name="from">The account that they use.</param>
    /// <param name="to">The account that they use from now on.</param>
    /// <param name="chosen">The DataSets, by id; null for all that use it.</param>
    /// <param name="origin">By which way.</param>
    /// <returns>The DataSets as they are now.</returns>
    /// <exception cref="PlatformException">The accounts are of different connectors, or a DataSet does not use the account.</exception>
    public IReadOnlyList<DataSetConfiguration> Replace(Account from, Account to, IReadOnlyCollection<string>? chosen, ChangeOrigin origin)
    {
        if (from.Connector != to.Connector)
        {
            throw new PlatformException(PlatformFault.Input, $"The account \"{to.Name}\" is for the connector {to.Connector}, not for {from.Connector}.");
        }

        var uses = accounts.Uses(from.Id).Select(use => use.DatasetId).ToList();
        if (chosen?.FirstOrDefault(id => !uses.Contains(id)) is { } stranger)
        {
            throw new PlatformException(PlatformFault.Input, $"The DataSet {stranger} does not use the account \"{from.Name}\".");
        }

        return database.Together(() => uses.Where(id => chosen?.Contains(id) ?? true).Select(id => edit.Save(dataSets.Get(id) with { AccountId = to.Id }, origin)).ToList());
    }
}
