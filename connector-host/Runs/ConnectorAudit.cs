using System.Text.Json;
using ConnectorPlatform.Host.Audit;
using ConnectorPlatform.Host.Connectors.Packages;

namespace ConnectorPlatform.Host.Runs;

/// <summary>Tells the audit log what was changed about the installed connectors.</summary>
internal static class ConnectorAudit
{
    public static void Record(AuditLog log, ConnectorsLock before, ConnectorsLock after)
    {
        foreach (var id in before.Connectors.Concat(after.Connectors).Select(connector => connector.Id).Distinct())
        {
            var (old, changed) = (Told(before.Find(id)), Told(after.Find(id)));
            if (old != changed)
            {
                log.Record(old is null ? "installed" : changed is null ? "removed" : "changed", "connector", id, id, old, changed);
            }
        }
    }

    private static string? Told(LockedConnector? connector) => connector is null ? null : JsonSerializer.Serialize(new
    {
        connector.Active,
        connector.ChosenBy,
        connector.IsDisabled,
        Versions = connector.Versions.Select(version => new { version.Version, version.Sha256, version.AllowedHosts, version.ApprovedBy, version.Reason, version.QuarantinedUntil }),
    }, JsonSerializerOptions.Web);
}
