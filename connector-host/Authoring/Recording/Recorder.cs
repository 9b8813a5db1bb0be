using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Authoring.Recording;

/// <summary>
/// Records what a connector reads from its real source as an example of its sample data. Everything is made and tried in a folder of its own
/// first; the author's files change only when the replay reads the same rows and no part of a secret is left.
/// </summary>
internal sealed class Recorder(RecordingRuns runs, TimeProvider time)
{
    /// <exception cref="PlatformException">Something stands against it; nothing was written, and the message says what to do.</exception>
    public async Task<RecordingResult> RecordAsync(RecordingRequest request, CancellationToken cancellationToken)
    {
        var file = TapeText.FileFor(request.Name);
        var existing = File.Exists(Path.Combine(request.Folder, SampleFiles.IndexFile)) ? SampleTape.Load(request.Folder) : null;
        CheckName(request, existing, file);

        // All examples of a folder are replayed at one time: what is added is read as of that time too.
        var isOnlyOne = existing is null || existing.Examples.All(example => example.Name == request.Name);
        var now = isOnlyOne ? new DateTimeOffset(time.GetUtcNow().Ticks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero) : existing!.Now;
        var live = await runs.ReadAsync(request, now, cancellationToken).ConfigureAwait(false);
        if (!live.Run.IsSuccess)
        {
            return new RecordingResult(live.Run, [], 0, 0, ReplayIsEqual: false, ["Nothing was written: the run on the source did not succeed."]);
        }

        var staging = Directory.CreateTempSubdirectory("connector-recording-").FullName;
        try
        {
            var draft = Draft(request, live, existing, now, file, Path.Combine(staging, "samples"));
            var comparison = await TryAsync(request, live, draft, staging, cancellationToken).ConfigureAwait(false);
            return Publish(request, live, draft, comparison);
        }
        finally
        {
            Directory.Delete(staging, recursive: true);
        }
    }

    private static void CheckName(RecordingRequest request, SampleTape? existing, string file)
    {
        var isThere = existing?.Examples.Any(example => example.Name == request.Name) == true;
        if (isThere && !request.Replace)
        {
            throw new PlatformException(
                PlatformFault.Input, $"The sample data has an example \"{request.Name}\" already: give another --name, or --replace it.");
        }

        if (!isThere && File.Exists(Path.Combine(request.Folder, file)))
        {
            throw new PlatformException(
                PlatformFault.Input, $"{file} belongs to another example in {request.Folder}: give a --name that differs in its letters and digits.");
        }
    }

    private SampleDraft Draft(RecordingRequest request, LiveReading live, SampleTape? existing, DateTimeOffset now, string file, string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var origin in Directory.Exists(request.Folder) ? Directory.GetFiles(request.Folder, "*.json") : [])
        {
            File.Copy(origin, Path.Combine(folder, Path.GetFileName(origin)));
        }

        File.Delete(Path.Combine(folder, file));
        var account = SampleAccount.For(request.Package, request.Credentials, existing?.Credentials);
        var secrets = account.Texts(live.Cookies);
        var (asked, declared) = (runs.Configured(request.Package).Manifest.Http.BaseAddress.ToString(), request.Package.Manifest.Http.BaseAddress.ToString());
        string Clean(string text) => secrets.Replace(text.Replace(asked, declared, StringComparison.Ordinal));
        var redaction = new Redaction(request.Redact, new StandIns(request.Credentials), Clean);
        var cleaning = new Cleaning(redaction, Clean);
        var merge = new TapeMerge(SampleFiles.ReadExchanges(folder));
        var exchanges = merge.Merge(cleaning.Clean(live.Sent));
        var example = new SampleExample(request.Name, cleaning.CleanDetails(request.Details));
        var index = Path.Combine(folder, SampleFiles.IndexFile);
        var indexText = File.Exists(index) ? File.ReadAllText(index) : null;
        var texts = new Dictionary<string, string>
        {
            [file] = TapeText.Exchanges(exchanges),
            [SampleFiles.IndexFile] = TapeText.Index(indexText, now, account.Credentials, example),
        };
        foreach (var (name, text) in texts)
        {
            LeakSearch.Check(name, text, secrets);
            File.WriteAllText(Path.Combine(folder, name), text);
        }

        return new SampleDraft(example, texts, exchanges.Count, redaction, merge.AnsweredAnew);
    }

    private async Task<RowComparison> TryAsync(
        RecordingRequest request, LiveReading live, SampleDraft draft, string staging, CancellationToken cancellationToken)
    {
        var tape = SampleTape.Load(Path.Combine(staging, "samples"));
        tape.Check();
        var (replay, rows) = await runs.ReplayAsync(request.Package, staging, draft.Example, cancellationToken).ConfigureAwait(false);
        if (rows is null)
        {
            throw new PlatformException(
                PlatformFault.Input,
                $"Nothing was written: the connector cannot be run on what was recorded. {replay.Failure?.Message} A request that differs from run to run, by a random value or a clock other than context.Time, cannot be recorded.");
        }

        foreach (var other in tape.Examples.Where(example => example.Name != draft.Example.Name))
        {
            var (run, _) = await runs.ReplayAsync(request.Package, staging, other, cancellationToken).ConfigureAwait(false);
            if (!run.IsSuccess)
            {
                throw new PlatformException(
                    PlatformFault.Input, $"Nothing was written: with this recording the example \"{other.Name}\" would not run: {run.Failure?.Message}");
            }
        }

        var comparison = RowComparison.Of(live.Rows!, rows, draft.Redaction);

        // What a connector computes from redacted values is another with reason, and cannot be told apart.
        return comparison.Difference is null || request.Redact.Count > 0
            ? comparison
            : throw new PlatformException(
                PlatformFault.Input, $"Nothing was written: read from the recording, {comparison.Difference}. The source gives different replies to one request, or the connector reads something else than replies.");
    }

    private static RecordingResult Publish(RecordingRequest request, LiveReading live, SampleDraft draft, RowComparison comparison)
    {
        Directory.CreateDirectory(request.Folder);
        var files = new List<string>();

        // The index comes last: an example that it names is there.
        foreach (var (name, text) in draft.Texts.OrderBy(entry => entry.Key == SampleFiles.IndexFile))
        {
            var path = Path.Combine(request.Folder, name);
            File.WriteAllText(path + ".partial", text);
            File.Move(path + ".partial", path, overwrite: true);
            files.Add(path);
        }

        var notes = new List<string>();
        Note(comparison.Cleaned, count => $"{count} values of rows differ from the source's as their secrets and redacted fields were replaced.");
        Note(comparison.Unexplained, count => $"{count} other values of rows differ, the first: {comparison.Difference}. See whether they are made from redacted fields.");
        Note(draft.AnsweredAnew, count => $"{Counted.Of(count, "request")} {(count == 1 ? "was" : "were")} answered anew by later replies; sample data keeps the last reply to a request.");
        notes.AddRange(draft.Redaction.NotFound.Select(field => $"No reply has a field \"{field}\" to redact."));
        return new RecordingResult(live.Run, files, draft.Exchanges, live.Rows!.Total, comparison.Unexplained == 0, notes);

        void Note(int count, Func<int, string> text)
        {
            if (count > 0)
            {
                notes.Add(text(count));
            }
        }
    }

    /// <summary>The files that are to be written.</summary>
    private sealed record SampleDraft(
        SampleExample Example, IReadOnlyDictionary<string, string> Texts, int Exchanges, Redaction Redaction, int AnsweredAnew);
}
