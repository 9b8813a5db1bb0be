using System.Text.Json;
using System.Text.RegularExpressions;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Newtonsoft.Json.Schema;

namespace ConnectorPlatform.Host.Forms.Validation;

/// <summary>The one place that knows Newtonsoft.Json.Schema: validates many documents, each by its own schema, as one counted validation.</summary>
internal sealed class SchemaLibrary(ValidationQuota quota)
{
    private const int MaxCachedSchemas = 200;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, JSchema> _schemas = [];

    /// <summary>The process's quota; a commercial licence key (the setting <c>JsonSchema:LicenseKey</c>, null or empty for none) lifts it.</summary>
    /// <exception cref="InvalidOperationException">The key is not accepted.</exception>
    public static ValidationQuota OpenQuota(TimeProvider time, ILogger<ValidationQuota> logger, string? licenseKey)
    {
        if (string.IsNullOrWhiteSpace(licenseKey))
        {
            return new(time, logger);
        }

        try
        {
            License.RegisterLicense(licenseKey);
            return new(time, logger, limit: null);
        }
        catch (JSchemaException exception)
        {
            throw new InvalidOperationException($"The setting JsonSchema:LicenseKey is not a valid key: {exception.Message}", exception);
        }
    }

    /// <exception cref="FormSchemaException">The library cannot read the schema.</exception>
    public void Prepare(JsonElement schema, string hash) => SchemaOf(schema, hash);

    /// <returns>The violations of each document, in the documents' order.</returns>
    /// <exception cref="ValidationQuotaException"/>
    /// <exception cref="FormSchemaException">The library cannot read a schema.</exception>
    public IReadOnlyList<IReadOnlyList<Violation>> Validate(IReadOnlyList<SchemaDocument> documents)
    {
        var found = documents.Select(_ => new List<Violation>()).ToList();
        var first = 0;
        while (first < documents.Count)
        {
            first = ValidateFrom(first, documents, found);
        }

        return found;
    }

    /// <summary>Validates the documents from <paramref name="first"/> on, up to one whose pattern takes too long.</summary>
    /// <returns>The first document that is still to be validated.</returns>
    private int ValidateFrom(int first, IReadOnlyList<SchemaDocument> documents, List<List<Violation>> found)
    {
        quota.Take();
        var array = new JArray(documents.Skip(first).Select(document => Read(document.Data.GetRawText())));
        var schemas = new JSchema { Type = JSchemaType.Array, ItemsPositionValidation = true };
        var errors = new List<ValidationError>();
        string? stopped;
        try
        {
            foreach (var document in documents.Skip(first))
            {
                schemas.Items.Add(SchemaOf(document.Schema, document.Hash));
            }

            stopped = ReadAll(array, schemas, errors);
        }
        finally
        {
            // A schema refers to every list it stands in; the cached ones would keep all lists alive.
            schemas.Items.Clear();
        }

        foreach (var error in errors.SelectMany(Leaves))
        {
            var (index, pointer) = Locate(error.Path, array);
            found[first + index].AddRange(ToViolations(error, pointer));
        }

        if (stopped is null)
        {
            return documents.Count;
        }

        var (slow, place) = Locate(stopped, array);
        found[first + slow].Add(new Violation(place, "pattern", null, "This text takes too long to check: shorten it."));
        return first + slow + 1;
    }

    /// <returns>The path of the text whose pattern took too long, where reading stopped; null when all was read.</returns>
    private string? ReadAll(JArray array, JSchema schemas, List<ValidationError> errors)
    {
        using var reader = new JSchemaValidatingReader(new JTokenReader(array)) { Schema = schemas, RegexMatchTimeout = Pattern.TimeOut };
        reader.ValidationEventHandler += (_, arguments) => errors.Add(arguments.ValidationError);
        try
        {
            while (reader.Read())
            {
            }

            return null;
        }
        catch (JSchemaException exception) when (exception.InnerException is RegexMatchTimeoutException)
        {
            return reader.Path;
        }
        catch (JSchemaException exception) when (exception.Message.Contains("free-quota", StringComparison.Ordinal))
        {
            throw quota.Close();
        }
    }

    private JSchema SchemaOf(JsonElement schema, string hash)
    {
        lock (_lock)
        {
            if (!_schemas.TryGetValue(hash, out var read))
            {
                if (_schemas.Count >= MaxCachedSchemas)
                {
                    _schemas.Clear();
                }

                _schemas[hash] = read = Parse(schema);
            }

            return read;
        }
    }

    private static JSchema Parse(JsonElement schema)
    {
        try
        {
            using var reader = new JsonTextReader(new StringReader(LibrarySchema.Write(schema))) { DateParseHandling = DateParseHandling.None };
            return JSchema.Load(reader, new JSchemaReaderSettings { Validators = [new CodePointLength()] });
        }
        catch (Exception exception) when (exception is JSchemaException or Newtonsoft.Json.JsonException)
        {
            throw new FormSchemaException("", $"The schema cannot be used for validation: {exception.Message}", exception);
        }
    }

    private static JToken Read(string json)
    {
        using var reader = new JsonTextReader(new StringReader(json)) { DateParseHandling = DateParseHandling.None, MaxDepth = 256 };
        return JToken.ReadFrom(reader);
    }

    // AllOf, Then and the like only say that something below them is wrong; a menu's entries only say that none of them fits.
    private static IEnumerable<ValidationError> Leaves(ValidationError error) =>
        error.ErrorType is ErrorType.AllOf or ErrorType.Then or ErrorType.Else && error.ChildErrors.Count > 0
            ? error.ChildErrors.SelectMany(Leaves)
            : [error];

    private static IEnumerable<Violation> ToViolations(ValidationError error, string pointer)
    {
        if (error is { ErrorType: ErrorType.Required, Value: IEnumerable<string> names })
        {
            return names.Select(name => new Violation(JsonPointer.Append(pointer, name), "required", null, TextFor(error.Schema, name)));
        }

        var (keyword, limit) = Keyword(error);
        // The library blames the second of two equal entries; the rule is the list's.
        var blamed = error.ErrorType == ErrorType.UniqueItems ? JsonPointer.Parent(pointer) : pointer;
        return [new Violation(blamed, keyword, limit, TextIn(error.Schema, keyword))];
    }

    private static string? TextFor(JSchema schema, string name) =>
        schema.Properties.TryGetValue(name, out var property) ? TextIn(property, "required") : null;

    private static string? TextIn(JSchema schema, string keyword) =>
        schema.ExtensionData.TryGetValue("x-messages", out var messages) && messages is JObject texts ? (string?)(texts[keyword] as JValue) : null;

    private static (string Keyword, JsonElement? Limit) Keyword(ValidationError error)
    {
        var schema = error.Schema;
        return error.ErrorType switch
        {
            ErrorType.Minimum => (schema.ExclusiveMinimum ? "exclusiveMinimum" : "minimum", Limit(schema.Minimum)),
            ErrorType.Maximum => (schema.ExclusiveMaximum ? "exclusiveMaximum" : "maximum", Limit(schema.Maximum)),
            ErrorType.Validator => (error.Message, Limit(CodePointLength.LimitIn(schema, error.Message))),
            ErrorType.MinimumItems => ("minItems", Limit(schema.MinimumItems)),
            ErrorType.MaximumItems => ("maxItems", Limit(schema.MaximumItems)),
            ErrorType.MultipleOf => ("multipleOf", Limit(schema.MultipleOf)),
            ErrorType.Type => ("type", schema.Type is { } type ? Limit(type.ToString().ToLowerInvariant()) : null),
            ErrorType.Format => ("format", Limit(schema.Format)),
            ErrorType.Const => ("const", schema.Const is { } constant ? JsonElement.Parse(constant.ToString(Formatting.None)) : null),
            ErrorType.Enum => ("enum", JsonElement.Parse(new JArray(schema.Enum).ToString(Formatting.None))),
            ErrorType.OneOf when schema.OneOf.All(entry => entry.Const is not null) =>
                ("enum", JsonElement.Parse(new JArray(schema.OneOf.Select(entry => entry.Const)).ToString(Formatting.None))),
            ErrorType.Not => ("not", schema.Not?.Const is { } excluded ? JsonElement.Parse(excluded.ToString(Formatting.None)) : null),
            _ => (char.ToLowerInvariant(error.ErrorType.ToString()[0]) + error.ErrorType.ToString()[1..], null),
        };
    }

    private static JsonElement? Limit<T>(T value) => value is null ? null : System.Text.Json.JsonSerializer.SerializeToElement(value);

    /// <summary>Turns the library's path into the document's index and a pointer within it.</summary>
    private static (int Index, string Pointer) Locate(string path, JArray documents)
    {
        var token = documents.SelectToken(path) ?? documents;
        var pointer = "";
        while (token.Parent is { } parent && parent != documents)
        {
            pointer = token switch
            {
                JProperty property => JsonPointer.Append("", property.Name) + pointer,
                _ when parent is JArray items => JsonPointer.Append("", items.IndexOf(token)) + pointer,
                _ => pointer,
            };
            token = parent;
        }

        return (documents.IndexOf(token), pointer);
    }
}

/// <summary>A document and the schema that it must meet; <c>Hash</c> is equal for equal schemas.</summary>
internal sealed record SchemaDocument(JsonElement Schema, string Hash, JsonElement Data);
