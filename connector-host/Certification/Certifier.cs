using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Connectors.Workers;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Forms.Validation;
using ConnectorPlatform.Host.Http;
using ConnectorPlatform.Host.Runs.Sessions;

namespace ConnectorPlatform.Host.Certification;

/// <summary>
/// Judges a connector by its package and its samples, offline. Its code first runs in a worker; only one that survives that is loaded here,
/// where its connections and memory can be watched and time can be skipped.
/// </summary>
internal sealed class Certifier(ConnectorLoader loader, FormCheck checkForm, FormValidator validator, WorkerPool pool, TimeProvider time)
{
    private static readonly TimeSpan CheckWithin = TimeSpan.FromSeconds(120);

    private static readonly Check Package = new("package", CertificateLevel.Bronze, "Manifest, code and samples are complete and valid.", (_, _) => Task.CompletedTask);

    private static readonly Check Lint = new("forms-lint", CertificateLevel.Bronze, "The forms keep the dialect's rules.", (_, _) => Task.CompletedTask);

    private static readonly Check Loads = new("loads", CertificateLevel.Bronze, "The code loads, and reads each example of the samples in a process of its own.", (_, _) => Task.CompletedTask);

    private IEnumerable<Check> Laws => [.. ContractChecks.All, .. new FormChecks(validator).All, .. RecordChecks.All, .. FaultChecks.All, .. LimitChecks.All];

    /// <param name="folder">The package's folder.</param>
    /// <param name="isAsked">Which laws are judged, by their ids.</param>
    /// <param name="tell">Hears of each result as it comes.</param>
    /// <param name="cancellationToken">Ends the judging.</param>
    public async Task<Certificate> JudgeAsync(string folder, Predicate<string> isAsked, Action<CheckResult> tell, CancellationToken cancellationToken)
    {
        var results = new List<CheckResult>();
        void Add(CheckResult result)
        {
            results.Add(result);
            tell(result);
        }

        var (package, broken) = new PackageReader(folder, checkForm).Read();
        var subject = JudgePackage(package, broken, Add);
        var survives = subject is not null && await JudgeLoadingAsync(subject, Add, cancellationToken).ConfigureAwait(false);
        foreach (var law in Laws.Where(law => isAsked(law.Id)))
        {
            Add(survives
                ? await JudgeAsync(law, subject!, cancellationToken).ConfigureAwait(false)
                : CheckResult.Of(law, Verdict.NotReached, "Mend what failed before."));
        }

        subject?.Dispose();
        return new Certificate(package?.Manifest.Id ?? broken?.Id ?? folder, package?.Manifest.Version ?? broken?.Version ?? "?", results);
    }

    private Subject? JudgePackage(ConnectorPackage? package, BrokenPackage? broken, Action<CheckResult> add)
    {
        var problems = broken?.Problems ?? [];
        var ofForms = problems.Where(problem => problem.File is "credentials.json" or "details.json").ToList();
        var others = problems.Except(ofForms).Select(problem => problem.ToString()).ToList();
        Subject? subject = null;
        if (package is not null)
        {
            try
            {
                subject = SubjectOf(package);
            }
            catch (Exception exception) when (exception is ConnectorException or CheckFailedException)
            {
                others.Add(exception.Message);
            }
        }

        add(CheckResult.Of(Package, others.Count == 0 ? Verdict.Passed : Verdict.Failed, string.Join(" ", others)));
        add(CheckResult.Of(Lint, ofForms.Count == 0 ? Verdict.Passed : Verdict.Failed, string.Join(" ", ofForms)));
        return subject;
    }

    private Subject SubjectOf(ConnectorPackage package)
    {
        var tape = SampleTape.Load(package.SamplesFolder);
        tape.Check();
        if (tape.Examples.Count == 0)
        {
            throw new CheckFailedException($"samples/{SampleFiles.IndexFile} names no example: add details that the samples answer.");
        }

        Settle(package.CredentialsForm, tape.Credentials, $"samples/{SampleFiles.IndexFile} /credentials");
        return new Subject(package, tape, loader)
        {
            Examples = [.. tape.Examples.Select(example => example with { Details = Settle(package.DetailsForm, example.Details, $"The example \"{example.Name}\"") })],
        };
    }

    private JsonElement Settle(JsonElement schema, JsonElement data, string what)
    {
        var form = Form.Parse(schema);
        var settled = form.Settle(data);
        var errors = validator.Validate(form, settled, UnknownNames.Refused);
        return errors.Count == 0 ? settled.Data : throw new CheckFailedException($"{what}: {string.Join(" ", errors.Select(error => $"{error.Path}: {error.Message}"))}");
    }

    [SuppressMessage("Design", "CA1031", Justification = "However the connector's process ends, the judging goes on.")]
    private async Task<bool> JudgeLoadingAsync(Subject subject, Action<CheckResult> add, CancellationToken cancellationToken)
    {
        try
        {
            using var http = new SourceHttp(new HttpLimits(), time);
            var workers = new Runs.Workers.WorkerIsolation(pool, http, time);
            foreach (var example in subject.Examples)
            {
                await ReadInWorkerAsync(subject, example, workers, cancellationToken).WaitAsync(CheckWithin, time, cancellationToken).ConfigureAwait(false);
            }

            add(CheckResult.Of(Loads, Verdict.Passed));
            return true;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            add(CheckResult.Of(Loads, Verdict.Failed, exception.Message));

            // A plain failure on the samples is for the later laws to tell more about; a dead or silent process is not brought in here.
            return exception is ConnectorException;
        }
    }

    private static async Task ReadInWorkerAsync(Subject subject, SampleExample example, Runs.Workers.WorkerIsolation workers, CancellationToken cancellationToken)
    {
        var plan = new OperationPlan
        {
            Package = subject.Package,
            Credentials = subject.Tape.Credentials,
            AccountKey = "certify",
            UsesSamples = true,
            Now = subject.Tape.Now,
            Details = example.Details,
        };
        var sinks = new OperationSinks { Reporter = new CollectingReporter(), Usage = new HttpUsage() };
        await using var session = await workers.OpenAsync(plan, sinks, cancellationToken).ConfigureAwait(false);
        await foreach (var _ in session.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "A law is a border: whatever the connector throws is its verdict.")]
    private async Task<CheckResult> JudgeAsync(Check law, Subject subject, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            // A connector that blocks its thread must not block the judge.
            var judging = Task.Factory.StartNew(() => law.JudgeAsync(subject, stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
            await judging.WaitAsync(CheckWithin, time, cancellationToken).ConfigureAwait(false);
            return CheckResult.Of(law, Verdict.Passed);
        }
        catch (CheckNotApplicableException reason)
        {
            return CheckResult.Of(law, Verdict.NotApplicable, reason.Message);
        }
        catch (TimeoutException)
        {
            await stop.CancelAsync().ConfigureAwait(false);
            return CheckResult.Of(law, Verdict.Failed, string.Create(CultureInfo.InvariantCulture, $"The connector did not come to an end within {CheckWithin.TotalSeconds:0} seconds."));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception)
        {
            return CheckResult.Of(law, Verdict.Failed, exception is CheckFailedException ? exception.Message : $"{exception.GetType().Name}: {exception.Message}");
        }
    }
}
