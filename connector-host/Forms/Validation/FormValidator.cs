using System.Security.Cryptography;
using System.Text;

namespace ConnectorPlatform.Host.Forms.Validation;

/// <summary>Validates settled data. What was validated once is answered from memory and costs no quota.</summary>
internal sealed class FormValidator(ValidationQuota quota)
{
    /// <summary>Documents in one counted validation: large enough to make the quota vast, small enough to keep answers flowing.</summary>
    public const int BatchSize = 500;

    private const int MaxCached = 2_000;

    private readonly SchemaLibrary _library = new(quota);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, IReadOnlyList<FormError>> _known = [];
    private readonly Queue<string> _knownInOrder = new();

    /// <summary>Makes sure that the library can read the form's schema; costs no quota.</summary>
    /// <exception cref="FormSchemaException"/>
    public void Prepare(Form form) => _library.Prepare(form.Schema, form.Hash);

    /// <summary>All errors of one settled form; empty when it is valid.</summary>
    /// <exception cref="ValidationQuotaException">The hour's validations are used up: the data is not known to be valid.</exception>
    /// <exception cref="FormSchemaException">The library cannot read the schema.</exception>
    public IReadOnlyList<FormError> Validate(Form form, Settled settled, UnknownNames unknownNames) =>
        ValidateAll([(form, settled)], unknownNames)[0];

    /// <summary>All errors of many settled forms, in their order; at most <see cref="BatchSize"/> at once count as one validation.</summary>
    /// <inheritdoc cref="Validate" path="/exception"/>
    public IReadOnlyList<IReadOnlyList<FormError>> ValidateAll(IReadOnlyList<(Form Form, Settled Settled)> forms, UnknownNames unknownNames)
    {
        var keyed = forms.Select(entry => (Key: KeyOf(entry.Form, entry.Settled), entry.Form, entry.Settled)).ToList();
        var answers = new Dictionary<string, IReadOnlyList<FormError>>();
        lock (_lock)
        {
            foreach (var (key, _, _) in keyed.Where(entry => _known.ContainsKey(entry.Key)))
            {
                answers[key] = _known[key];
            }
        }

        foreach (var chunk in keyed.Where(entry => !answers.ContainsKey(entry.Key)).DistinctBy(entry => entry.Key).Chunk(BatchSize).ToList())
        {
            var violations = _library.Validate([.. chunk.Select(entry => new SchemaDocument(entry.Form.Schema, entry.Form.Hash, entry.Settled.Data))]);
            foreach (var (entry, found) in chunk.Zip(violations))
            {
                answers[entry.Key] = ToErrors(found, entry.Settled);
                Remember(entry.Key, answers[entry.Key]);
            }
        }

        return [.. keyed.Select(entry => (IReadOnlyList<FormError>)[.. OfTheForm(entry.Settled, unknownNames), .. answers[entry.Key]])];
    }

    private static List<FormError> ToErrors(IReadOnlyList<Violation> violations, Settled settled)
    {
        if (violations.Count == 0)
        {
            return [];
        }

        var order = settled.Visible.Index().ToDictionary(field => field.Item, field => field.Index);
        return
        [
            .. violations.Select(violation => FormErrorText.Of(violation, settled))
                .DistinctBy(error => (error.Path, error.Keyword))
                .OrderBy(error => order.GetValueOrDefault(error.Path, order.GetValueOrDefault(JsonPointer.Parent(error.Path), -1))),
        ];
    }

    private static IEnumerable<FormError> OfTheForm(Settled settled, UnknownNames unknownNames)
    {
        if (!settled.IsAtRest)
        {
            yield return new FormError("", "schema", "The form contradicts itself: showing a field hides it again. Report it to the connector's author.");
        }

        foreach (var pointer in unknownNames == UnknownNames.Refused ? settled.Unknown : [])
        {
            yield return new FormError(pointer, "unknown", $"The form has no field named {JsonPointer.LastName(pointer)}: remove it or correct its name.");
        }
    }

    // Only a hash of the data is kept: it may hold secrets.
    private static string KeyOf(Form form, Settled settled) =>
        form.Hash + Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(settled.Data.GetRawText())));

    private void Remember(string key, IReadOnlyList<FormError> errors)
    {
        lock (_lock)
        {
            if (_known.TryAdd(key, errors))
            {
                _knownInOrder.Enqueue(key);
                if (_knownInOrder.Count > MaxCached)
                {
                    _known.Remove(_knownInOrder.Dequeue());
                }
            }
        }
    }
}
