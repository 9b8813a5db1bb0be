using System.Text.Json;
using System.Threading.Channels;
using ConnectorPlatform.Host.Forms.Lint;
using ConnectorPlatform.Host.Forms.Validation;

namespace ConnectorPlatform.Host.Forms;

internal enum SettleInput
{
    /// <summary>One JSON document <c>{"id"?,"schema"?,"data"}</c>.</summary>
    Envelope,

    /// <summary>One JSON document that is the data itself.</summary>
    BareData,

    /// <summary>One envelope a line; empty lines are skipped.</summary>
    Lines,
}

/// <summary>
/// Settles and validates documents from a reader to a writer: for each, in its order, one line
/// <c>{"id","visible","required","data","errors":[{"path","keyword","message"}],"hidden":{pointer: why}}</c>. A document that cannot be read has a line with its error.
/// </summary>
/// <param name="validator">Counts its validations; one a batch.</param>
/// <param name="form">The form for documents without a schema of their own; null when each must bring one.</param>
internal sealed class FormSettle(FormValidator validator, Form? form)
{
    private const int MaxCachedForms = 100;

    private static readonly TimeSpan GatherFor = TimeSpan.FromMilliseconds(20);

    private readonly Dictionary<string, Form> _forms = [];

    /// <returns>How many documents have errors.</returns>
    public async Task<int> RunAsync(TextReader input, TextWriter output, SettleInput shape, CancellationToken cancellationToken)
    {
        if (shape != SettleInput.Lines)
        {
            var document = await input.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
            return await AnswerAsync([Read(document, shape)], output, cancellationToken).ConfigureAwait(false);
        }

        var lines = Channel.CreateBounded<string>(FormValidator.BatchSize);
        var reading = Task.Run(() => ReadLinesAsync(input, lines.Writer, cancellationToken), cancellationToken);
        var wrong = 0;
        while (await lines.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            wrong += await AnswerAsync(await GatherAsync(lines.Reader, cancellationToken).ConfigureAwait(false), output, cancellationToken).ConfigureAwait(false);
        }

        await reading.ConfigureAwait(false);
        return wrong;
    }

    private static async Task ReadLinesAsync(TextReader input, ChannelWriter<string> lines, CancellationToken cancellationToken)
    {
        try
        {
            while (await input.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
            {
                if (!string.IsNullOrWhiteSpace(line))
                {
                    await lines.WriteAsync(line, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            lines.Complete();
        }
    }

    // A program that waits for the answer to its one line gets it; lines that come in a stream share a counted validation.
    private async Task<IReadOnlyList<SettleAnswer>> GatherAsync(ChannelReader<string> lines, CancellationToken cancellationToken)
    {
        if (lines.Count < FormValidator.BatchSize)
        {
            await Task.Delay(GatherFor, cancellationToken).ConfigureAwait(false);
        }

        var answers = new List<SettleAnswer>();
        while (answers.Count < FormValidator.BatchSize && lines.TryRead(out var line))
        {
            answers.Add(Read(line, SettleInput.Lines));
        }

        return answers;
    }

    private SettleAnswer Read(string text, SettleInput shape)
    {
        var id = default(JsonElement);
        try
        {
            var document = JsonElement.Parse(text);
            if (shape == SettleInput.BareData)
            {
                return Settle(id, form, document);
            }

            id = document.Member("id") ?? default;
            return document.Member("data") is { } data
                ? SettleBySchema(id, document.Member("schema"), data)
                : Failed(id, "json", "", "Expected an object with the members \"data\" and optionally \"id\" and \"schema\".");
        }
        catch (JsonException exception)
        {
            return Failed(id, "json", "", $"This is not usable JSON at position {exception.BytePositionInLine + 1}.");
        }
    }

    private SettleAnswer SettleBySchema(JsonElement id, JsonElement? schema, JsonElement data)
    {
        if (schema is not { } given)
        {
            return Settle(id, form, data);
        }

        try
        {
            return Settle(id, FormOf(given), data);
        }
        catch (FormSchemaException exception)
        {
            var problems = FormLint.Check(given).Select(problem => new FormError(problem.Pointer, "schema", $"{problem.Rule}: {problem.Message}"));
            return new(id, null, null, [.. problems.Prepend(new FormError(exception.Pointer, "schema", exception.Message)).DistinctBy(error => (error.Path, error.Message))]);
        }
    }

    private static SettleAnswer Settle(JsonElement id, Form? form, JsonElement data) =>
        form is null
            ? Failed(id, "schema", "", "There is no form: give a \"schema\", or name a connector and a pane.")
            : new(id, form, form.Settle(data), []);

    private Form FormOf(JsonElement schema)
    {
        var text = schema.GetRawText();
        if (_forms.TryGetValue(text, out var known))
        {
            return known;
        }

        if (_forms.Count >= MaxCachedForms)
        {
            _forms.Clear();
        }

        var read = Form.Parse(schema);
        validator.Prepare(read);
        return _forms[text] = read;
    }

    private static SettleAnswer Failed(JsonElement id, string keyword, string path, string message) =>
        new(id, null, null, [new FormError(path, keyword, message)]);

    private async Task<int> AnswerAsync(IReadOnlyList<SettleAnswer> answers, TextWriter output, CancellationToken cancellationToken)
    {
        var complete = Validate(answers);
        foreach (var answer in complete)
        {
            await output.WriteLineAsync(answer.ToLine().AsMemory(), cancellationToken).ConfigureAwait(false);
        }

        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
        return complete.Count(answer => answer.Errors.Count > 0);
    }

    private List<SettleAnswer> Validate(IReadOnlyList<SettleAnswer> answers)
    {
        var settled = answers.Where(answer => answer.Settled is not null).ToList();
        try
        {
            var errors = new Queue<IReadOnlyList<FormError>>(
                validator.ValidateAll([.. settled.Select(answer => (answer.Form!, answer.Settled!))], UnknownNames.Refused));
            return [.. answers.Select(answer => answer.Settled is null ? answer : answer with { Errors = errors.Dequeue() })];
        }
        catch (ValidationQuotaException exception)
        {
            return [.. answers.Select(answer => answer.Settled is null ? answer : answer with { Errors = [new FormError("", "quota", exception.Message)] })];
        }
    }
}
