using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Forms.Validation;
using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Certification;

/// <summary>Asks a package all laws up to a level, each within a time of its own.</summary>
internal sealed class Certifier(FormValidator validator, FormCheck checkForm, TimeProvider time)
{
    private static readonly string[] FormFiles = ["credentials.json", "details.json"];

    /// <summary>Longer than the slowest law takes on a slow machine.</summary>
    private static readonly TimeSpan LawLimit = TimeSpan.FromSeconds(150);

    /// <param name="folder">The package's folder.</param>
    /// <param name="samples">A folder of recorded replies in the place of the package's own; null for those.</param>
    /// <param name="isAsked">Which laws; null for all of the level.</param>
    public async Task<Certificate> CertifyAsync(string folder, string? samples, CertificateLevel level, Func<string, bool>? isAsked, CancellationToken cancellationToken)
    {
        var (package, broken) = new PackageReader(Path.GetFullPath(folder), checkForm).Read();
        var problems = broken?.Problems ?? [];
        var checks = new List<Check>
        {
            Of(new("package.whole", CertificateLevel.Bronze, "The package is complete and valid.", NothingAsync), Finding.Of(problems.Where(problem => !FormFiles.Contains(problem.File)).Select(problem => $"{problem}"))),
            Of(new("forms.lint", CertificateLevel.Bronze, "The forms keep the dialect's rules.", NothingAsync), Finding.Of(problems.Where(problem => FormFiles.Contains(problem.File)).Select(problem => $"{problem}"))),
        };
        if (package is null)
        {
            return new Certificate(broken!.Id ?? Path.GetFileName(folder), broken.Version, checks);
        }

        foreach (var law in FormLaws.For(package, validator).Where(law => isAsked?.Invoke(law.Id) != false))
        {
            checks.Add(Of(law, await AskAsync(law, cancellationToken).ConfigureAwait(false)));
        }

        await AskCodeAsync(package, samples ?? package.SamplesFolder, level, isAsked, checks, cancellationToken).ConfigureAwait(false);
        return new Certificate(package.Manifest.Id, package.Manifest.Version, checks);
    }

    private async Task AskCodeAsync(ConnectorPackage package, string samples, CertificateLevel level, Func<string, bool>? isAsked, List<Check> checks, CancellationToken cancellationToken)
    {
        Bench bench;
        try
        {
            bench = new Bench(package, samples, time);
        }
        catch (ConnectorException unusable)
        {
            checks.Add(Of(new("package.samples", CertificateLevel.Bronze, "The samples can be read.", NothingAsync), Finding.Failed(unusable.Message)));
            return;
        }

        using (bench)
        {
            Law[] laws =
            [
                .. ContractLaws.For(bench), .. FormLaws.For(bench, validator), .. RecordLaws.For(bench), .. ValueLaws.For(bench), .. ResumeLaws.For(bench),
                .. FaultLaws.For(bench), .. WayLaws.For(bench), .. Secrets.For(bench), .. MemoryLaws.For(bench),
            ];
            foreach (var law in laws.Where(law => law.Level <= level && isAsked?.Invoke(law.Id) != false))
            {
                checks.Add(Of(law, await AskAsync(law, cancellationToken).ConfigureAwait(false)));
            }
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever a connector makes of a law, the others are still asked.")]
    private async Task<Finding> AskAsync(Law law, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(LawLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await law.AskAsync(either.Token).WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return Finding.Failed(string.Create(CultureInfo.InvariantCulture, $"It was not answered within {LawLimit.TotalSeconds:0} seconds: the connector hangs."));
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or PlatformException))
        {
            return Finding.Failed(FailureTable.Of(exception, SecretMask.None).Message);
        }
    }

    private static Task<Finding> NothingAsync(CancellationToken cancellationToken) => Task.FromResult(Finding.Passed);

    private static Check Of(Law law, Finding finding) => new(law.Id, law.Level, law.What, finding.Verdict, finding.Found);
}
