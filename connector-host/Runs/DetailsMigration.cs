using System.Text.Json;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Http;
using ConnectorPlatform.Host.Runs.Sessions;

namespace ConnectorPlatform.Host.Runs;

/// <summary>
/// Gives a DataSet's details as a package's form has them. What was saved is never overwritten: each run migrates anew, so a
/// rollback finds what it knows, and no upgrade can be killed halfway.
/// </summary>
internal sealed class DetailsMigration(IConnectorIsolation isolation, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly JsonElement NoCredentials = JsonElement.Parse("{}");

    /// <summary>The details that the package reads: as saved when they are of its version, else settled from what its code makes of them.</summary>
    /// <exception cref="ConnectorException">They are of a later version, or the package's code makes nothing of them.</exception>
    /// <exception cref="PackageLoadException">The package's code cannot be used.</exception>
    public async Task<JsonElement> DetailsForAsync(ConnectorPackage package, DataSetConfiguration dataSet, IRunReporter reporter, CancellationToken cancellationToken)
    {
        var (saved, wanted) = (dataSet.DetailsVersion, package.Manifest.DetailsVersion);
        if (saved == wanted)
        {
            return dataSet.Details;
        }

        if (saved > wanted)
        {
            throw new ConnectorException(
                FailureKind.Details,
                $"Its details were saved for version {saved} of the form, and {package.Manifest.Id} {package.Manifest.Version} knows versions up to {wanted}: "
                + "activate a version of the connector that knows them, or fill the details in anew.");
        }

        var migrated = await MigrateAsync(package, dataSet.Details, saved, reporter, cancellationToken).ConfigureAwait(false);
        return migrated.ValueKind == JsonValueKind.Object
            ? Form.Parse(package.DetailsForm).Settle(migrated).Data
            : throw new ConnectorException(FailureKind.Connector, $"The migration of details from version {saved} to {wanted} made {migrated.ValueKind} in the place of an object.");
    }

    private async Task<JsonElement> MigrateAsync(ConnectorPackage package, JsonElement details, int from, IRunReporter reporter, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var sinks = new OperationSinks { Reporter = reporter, Usage = new HttpUsage() };
            await using var session = new MaskedSession(await isolation.OpenAsync(PlanOf(package, details), sinks, either.Token).ConfigureAwait(false), () => SecretMask.None);
            return await session.MigrateDetailsAsync(from, either.Token).WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ConnectorException(
                FailureKind.Connector, $"The migration of details from version {from} did not end within {Patience.TotalSeconds:0} seconds.");
        }
    }

    // Nothing of the account: a migration asks no source.
    private static OperationPlan PlanOf(ConnectorPackage package, JsonElement details)
    {
        var manifest = package.Manifest;
        return new OperationPlan
        {
            Package = package with { Manifest = manifest with { Http = manifest.Http with { Authentication = new AuthenticationRule() } } },
            Credentials = NoCredentials,
            AccountKey = $"{manifest.Id}/no account",
            UsesSamples = false,
            Details = details,
        };
    }
}
