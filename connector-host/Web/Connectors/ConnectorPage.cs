using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Connectors.Packages;
using ConnectorPlatform.Host.Http;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.SignIn;
using ConnectorPlatform.Host.Web.Site;
using Words = ConnectorPlatform.Host.Web.Site.Words;

namespace ConnectorPlatform.Host.Web.Connectors;

/// <summary>One connector: its reports, what it needs, and its versions, of which an operator chooses here.</summary>
internal sealed class ConnectorPage(
    SiteRenderer site, ConnectorCatalog catalog, InstalledConnectors installed, ConnectorChoices choices, Approval approval, DataSetImpact impact, TimeProvider time)
{
    public static void Map(IEndpointRouteBuilder server)
    {
        var page = server.ServiceProvider.GetRequiredService<ConnectorPage>();
        server.MapMethods("/connectors/{id}", Pages.Reading, page.Show);
        server.MapPost("/connectors/{id}/versions", page.ChooseAsync);
    }

    private IResult Show(HttpContext context, string id)
    {
        var (package, locked) = (catalog.Packages.FirstOrDefault(package => package.Manifest.Id == id), installed.Locked.Find(id));
        var broken = catalog.Broken.Where(other => other.Id == id).ToList();
        if (package is null && locked is null && broken.Count == 0)
        {
            throw new PlatformException(PlatformFault.NotFound, "There is no such connector; its package may have been removed.");
        }

        return site.Page(context, new PageView("connector", package?.Manifest.Name ?? id, new
        {
            Id = id,
            Name = package?.Manifest.Name ?? id,
            About = package is null ? null : About(package),
            DataSets = impact.DataSetsOf(id).Count is > 0 and var count ? Words.Count(count, "DataSet") : "",
            Versions = locked?.Versions.Select(version => Version(locked, version)).ToList() ?? [],
            IsDisabled = locked?.IsDisabled ?? false,
            IsInstalled = locked is not null,
            ChosenBy = locked?.ChosenBy ?? "",
            Broken = broken.Select(ConnectorPages.Broken).ToList(),
        })
        {
            Section = "connectors",
            Crumbs = [new Crumb("Connectors", "/connectors")],
            HasOwnHeading = true,
        });
    }

    private async Task<IResult> ChooseAsync(HttpContext context, string id, CancellationToken cancellationToken)
    {
        var form = await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        var version = form["version"].ToString();
        var done = form["action"].ToString() switch
        {
            "approve" => Told(await approval.ApproveAsync(choices, id, version, Environment.UserName, cancellationToken).ConfigureAwait(false), $"Version {version} is approved."),
            "activate" => Told(await choices.ActivateAsync(id, version, Environment.UserName, force: false, cancellationToken).ConfigureAwait(false), $"New runs take version {version}."),
            "highest" => Told(await choices.ActivateAsync(id, null, Environment.UserName, force: false, cancellationToken).ConfigureAwait(false), "New runs take the highest version."),
            "disable" => Told(choices.Disable(id), "The connector is disabled: no new run uses it."),
            "enable" => Told(choices.Enable(id), "The connector is enabled."),
            _ => throw new PlatformException(PlatformFault.Input, "There is no such thing to do with a connector."),
        };
        return site.Redirect(context, $"/connectors/{Uri.EscapeDataString(id)}", done);
    }

    private static string Told(LockedConnector _, string text) => text;

    private static object About(ConnectorPackage package)
    {
        var manifest = package.Manifest;
        return new
        {
            Card = ConnectorCard.Of(manifest),
            Documentation = manifest.Documentation is { Scheme: "https" or "http" } address ? address.AbsoluteUri : "",
            Reports = ConnectorForms.Reports(package),
            Details = ConnectorForms.Details(package),
            Credentials = manifest.Http.Authentication.Type == "none" ? [] : ConnectorForms.Credentials(package),
            Hosts = string.Join(", ", Hosts(manifest.Http)),
            Budget = manifest.Http.RateBudget is { } budget ? $"{Words.Count(budget.Requests, "request")} within {Words.Count(budget.PerSeconds, "second")} for each account" : "",
            manifest.Http.MaxConcurrency,
            CanBackfill = manifest.Backfill.Count > 0,
            OffersSignIn = SignInMethods.IsOffered(package),
            Samples = SampleDataSets.ExamplesOf(package).Count is > 0 and var count ? Words.Count(count, "DataSet") : "",
        };
    }

    private static IReadOnlyList<string> Hosts(HttpPolicy policy) => policy.AllowedHosts.Count > 0 ? policy.AllowedHosts : [policy.BaseAddress.Host];

    private object Version(LockedConnector connector, LockedVersion version)
    {
        var isQuarantined = version.QuarantinedUntil > time.GetUtcNow();
        var isActive = version.Version == connector.Active;
        var (state, tone) = version switch
        {
            _ when isQuarantined => ("In quarantine", "bad"),
            { ApprovedBy: null, IsTried: true } => ("Refused", "bad"),
            { ApprovedBy: null } => ("Waits for approval", "doubtful"),
            _ when connector.IsDisabled => ("Disabled", "quiet"),
            _ => isActive ? ("Active", "good") : ("Installed", "quiet"),
        };
        return new
        {
            version.Version,
            State = state,
            Tone = tone,
            Note = isQuarantined ? $"Its process crashed again and again. The last crash: {version.QuarantineReason}" : version.Reason ?? "",
            QuarantinedUntil = isQuarantined ? version.QuarantinedUntil : null,
            Hosts = string.Join(", ", version.AllowedHosts),
            version.FirstSeen,
            ApprovedBy = version.ApprovedBy ?? "",
            version.Contract,
            Hash = version.Sha256,
            CanApprove = version.ApprovedBy is null || isQuarantined,
            CanActivate = version.IsUsable && !isActive && !isQuarantined && !connector.IsDisabled,
        };
    }
}
