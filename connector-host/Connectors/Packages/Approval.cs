namespace ConnectorPlatform.Host.Connectors.Packages;

/// <summary>Lets an operator approve a version. Only then may its code run at all, so only then is it tried.</summary>
internal sealed class Approval(InstalledConnectors installed, PackageTrial trial)
{
    /// <param name="choices">Those that change something, or those that only tell; then no code runs.</param>
    /// <param name="id">The connector.</param>
    /// <param name="version">A version that waits, has failed its trial or is in quarantine.</param>
    /// <param name="who">Who approves.</param>
    /// <param name="cancellationToken">Ends the trial; nothing is approved then.</param>
    /// <exception cref="PlatformException">There is no such version, or it has failed its trial and goes on waiting.</exception>
    public async Task<LockedConnector> ApproveAsync(ConnectorChoices choices, string id, string version, string who, CancellationToken cancellationToken)
    {
        var asked = choices.Get(id, version).Find(version)!;
        if (!asked.IsUsable && !choices.OnlyTells
            && await trial.ObjectionToAsync(installed.Package(id, asked), asked.Sha256, cancellationToken).ConfigureAwait(false) is { } objection)
        {
            throw new PlatformException(PlatformFault.Input, $"{id} {version} is not approved and goes on waiting. {objection}");
        }

        return await choices.ApproveAsync(id, asked, who, cancellationToken).ConfigureAwait(false);
    }
}
